/** Listens to its own validator, which `--record` listens to as well. */
import { lockdep, Mutex } from '@lockdep/locks';

let events = 0;
lockdep().attach(() => {
  events += 1;
});
await new Mutex({ name: 'only' }).runExclusive(() => {});
console.log(events);
