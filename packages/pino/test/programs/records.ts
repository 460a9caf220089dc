/** Records its locks, some of them taken the wrong way round, into the transport, among other log lines; and just ends. */
import { lockdep, Mutex } from '@lockdep/locks';
import { TraceRecorder } from '@lockdep/trace';
import pino from 'pino';

const [options = '{}', ending = 'returns'] = process.argv.slice(2);
const stream = pino.transport({ target: '@lockdep/pino/transport', options: JSON.parse(options) });
const logger = pino(stream);
const recorder = ending === 'never records' ? null : new TraceRecorder(lockdep(), stream);
const [accounts, journal] = ['accounts', 'journal'].map((name) => new Mutex({ name, sites: true })) as [Mutex, Mutex];
logger.info('begins');
await lockdep.task('transfer', () => accounts.runExclusive(() => journal.runExclusive(() => logger.info('inside'))));
await lockdep.task('report', () => journal.runExclusive(() => accounts.runExclusive(() => {})));
if (ending === 'writes nonsense') stream.write('{"lockdep":"acquire","task":77,"lock":1}\n');
recorder?.stop();
logger.info('ends');
if (ending === 'exits') process.exit(7);
