/** Two tasks, two locks, both orders; ends as its argument says. */
import { lockdep, Mutex } from '@lockdep/locks';

const accounts = new Mutex({ name: 'accounts' });
const audit = new Mutex({ name: 'audit' });

await lockdep.task('transfer', () => accounts.runExclusive(() => audit.runExclusive(() => {})));
await lockdep.task('report', () => audit.runExclusive(() => accounts.runExclusive(() => {})));
console.log('the program’s own words');

switch (process.argv[2]) {
  case 'exit':
    process.exit(7);
    break;
  case 'throw':
    throw new Error('not caught');
  case 'kill':
    process.kill(process.pid, 'SIGKILL');
    break;
  case 'wait':
    process.on('SIGUSR2', () => process.exit(42));
    console.log('ready');
    setInterval(() => {}, 1000);
    break;
}
