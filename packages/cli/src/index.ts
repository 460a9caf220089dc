export type { Output } from './command.ts';
export { defineConfig, type LockdepConfig } from './config.ts';
export { run } from './run.ts';
