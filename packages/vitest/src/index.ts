export type { SimOptions } from './explore-and-confirm.ts';
export type { Explored } from './explored.ts';
export { type LockFixtures, type TestSim, test } from './fixtures.ts';
export { LockOrder, lockOrder } from './lock-order.ts';
export { LockReportFailure } from './lock-report-failure.ts';
export { matchers } from './matchers.ts';
export type { LockdepMode, LockdepOptions } from './options.ts';
export type { TestRecord } from './test-record.ts';
