// A program of a user who has not left CommonJS: require() of ES modules.
const { lockdep, Mutex } = require('@lockdep/locks');
const { renderText } = require('@lockdep/report');

(async () => {
  const [a, b] = [new Mutex({ name: 'a' }), new Mutex({ name: 'b' })];
  await lockdep.task('one', () => a.runExclusive(() => b.runExclusive(() => {})));
  await lockdep.task('two', () => b.runExclusive(() => a.runExclusive(() => {})));
  console.log(renderText(lockdep().reports[0]).includes('circular'));
})();
