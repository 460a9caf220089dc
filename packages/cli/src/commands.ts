/** The commands in the order of the overview. What a command needs is loaded when it is called, so that help is quick. */
import type { CommandEntry } from './command.ts';

export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run a Node program and report what its locks show',
    load: async () => (await import('./commands/run.ts')).runProgram,
  },
  {
    name: 'replay',
    summary: 'learn the lock order of a recorded run and report what can deadlock',
    load: async () => (await import('./commands/replay.ts')).replay,
  },
  {
    name: 'report',
    summary: 'put saved reports, graphs and traces together, in any format',
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    name: 'graph',
    summary: 'show the learned order itself: tree, picture, data',
    load: async () => (await import('./commands/graph.ts')).graph,
  },
  {
    name: 'merge',
    summary: 'merge saved graphs and report inversions that only their union shows',
    load: async () => (await import('./commands/merge.ts')).merge,
  },
  {
    name: 'diff',
    summary: 'new and vanished dependencies between two saved graphs',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'order',
    summary: 'check a declared lock order against saved graphs or recorded runs',
    load: async () => (await import('./commands/order.ts')).order,
  },
  {
    name: 'docs',
    summary: 'write locking documents from runs and compare them with those of the kernel',
    load: async () => (await import('./commands/docs.ts')).docs,
  },
  {
    name: 'explore',
    summary: 'run programs under every relevant interleaving',
    load: async () => (await import('./commands/explore.ts')).explore,
  },
  {
    name: 'fsx',
    summary: 'try random operations on a file of a simulated file system',
    load: async () => (await import('./commands/fsx.ts')).fsx,
  },
  {
    name: 'stress',
    summary: 'run many tasks on simulated files: holetest, or a mix as of fsstress',
    load: async () => (await import('./commands/stress.ts')).stress,
  },
  {
    name: 'stat',
    summary: 'contentions, wait and hold times per class of a recorded run',
    load: async () => (await import('./commands/stat.ts')).stat,
  },
  {
    name: 'check',
    summary: 'run conformance cases and compare what is reported',
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'explain',
    summary: 'what a rule means, with an example and its cures',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'completion',
    summary: 'completion for bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
];
