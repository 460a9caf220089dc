// A program of a user: every package once, from JavaScript. Prints one line a package; the report of the transport is written when it ends.
import { LockKey, Validator } from '@lockdep/core';
import { punchVersusRead, scenarioProgram } from '@lockdep/filesystems';
import { findInversions, saveGraph } from '@lockdep/graph';
import { lockdep, Mutex } from '@lockdep/locks';
import { Engine, PlainMachine } from '@lockdep/page-cache';
import { serializers } from '@lockdep/pino';
import { renderDot, renderHtml, renderSvg, renderText } from '@lockdep/report';
import { explore } from '@lockdep/simulator';
import { NdjsonReplay, TraceRecorder } from '@lockdep/trace';
import { run } from 'lockdep';
import pino from 'pino';

const transport = pino.transport({
  target: '@lockdep/pino/transport',
  options: { destination: 'out/report.json', format: 'json' },
});
pino({ serializers }, transport).info('begins');
const lines = [];
new TraceRecorder(lockdep(), {
  write(line) {
    lines.push(line);
    transport.write(line);
  },
});

const [a, b] = [new Mutex({ name: 'a', sites: true }), new Mutex({ name: 'b' })];
await lockdep.task('one', () => a.runExclusive(() => b.runExclusive(() => {})));
await lockdep.task('two', () => b.runExclusive(() => a.runExclusive(() => {})));
const [report] = lockdep().reports;
console.log('locks', report.rule, report.verdict.kind);

const validator = new Validator();
const task = validator.task('t');
validator.acquire(task, validator.lock(new LockKey({ name: 'held' })));
validator.endTask(task);
console.log('core', validator.reports[0].message);

const replay = new NdjsonReplay(new Validator());
for (const line of lines) replay.push(Buffer.from(line));
console.log('trace', replay.end().events === lockdep().engine.events);

console.log('graph', findInversions(saveGraph(lockdep(), { run: 'here' })).length);
const svg = await renderSvg(renderDot(lockdep().graph(), { reports: [report] }));
const html = await renderHtml({ graph: lockdep().graph(), reports: [report], title: 'packed' });
console.log('report', renderText(report).includes('use.mjs'), svg.includes('<svg'), /^<!doctype html>/i.test(html));

const result = explore((sim) => {
  const [x, y] = [sim.mutex('x'), sim.mutex('y')];
  const nest = (outer, inner) =>
    function* () {
      yield outer.acquire();
      yield inner.acquire();
      yield inner.release();
      yield outer.release();
    };
  sim.task('one', nest(x, y));
  sim.task('two', nest(y, x));
});
console.log('simulator', result.verdict);

console.log('page-cache', new Engine({ machine: new PlainMachine({ seed: 1 }), profile: 'merged' }).inspect());
const race = explore(scenarioProgram(punchVersusRead, { fs: 'ext4', profile: 'before', patience: 1 }), {
  strategy: 'source-dpor',
  stopOnFailure: true,
  validator: null,
});
console.log('filesystems', race.verdict);

let help = '';
const output = {
  write: (text) => (help += text),
  note() {},
  noteIsTerminal: false,
  writeIsTerminal: false,
  columns: 80,
};
console.log('lockdep', await run(['--version'], output), help.trim());
