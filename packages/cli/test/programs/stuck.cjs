/** CommonJS; two tasks wait for each other until nothing is left to do. */
const { lockdep, Mutex } = require('@lockdep/locks');

const a = new Mutex({ name: 'a' });
const b = new Mutex({ name: 'b' });
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
const both = (outer, inner) =>
  outer.runExclusive(async () => {
    await pause();
    await inner.runExclusive(() => {});
  });
lockdep.task('one', () => both(a, b));
lockdep.task('two', () => both(b, a));
