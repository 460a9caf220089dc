/**
 * Writes what a validator finds to a logger: errors as `error`, warnings as `warn`, notes and the summary as `info`. New dependencies
 * (`debug`) and acquisitions (`trace`) are followed only if the logger has these levels enabled when it is given.
 */
import { type Report, rules, type Validator } from '@lockdep/core';
import type { Logger } from './logger.ts';
import { type AcquireMessage, channels } from './published-events.ts';
import { reportFacts } from './report-facts.ts';

const LEVELS = { error: 'error', warning: 'warn', note: 'info' } as const;

/** Logs everything reported so far and from now on. Returns a function that logs the summary and stops. */
export function logReports(validator: Validator, logger: Logger): () => void {
  const log = logger.child?.({ component: 'lockdep' }, { msgPrefix: '[lockdep] ' }) ?? logger;
  const logReport = (report: Report): void => log[LEVELS[report.level]](reportFacts(report), rules[report.kind].title);
  validator.reports.forEach(logReport);
  const unsubscribe = validator.subscribe(logReport);
  const unfollow = followAcquisitions(validator, log);
  return () => {
    unsubscribe();
    unfollow();
    const { classes, dependencies, chains, reports } = validator.stats();
    log.info({ event: 'lockdep-summary', classes, dependencies, chains, reports }, 'lock order learned');
  };
}

function followAcquisitions(validator: Validator, log: Logger): () => void {
  const debug = log.isLevelEnabled?.('debug') === true;
  const trace = log.isLevelEnabled?.('trace') === true;
  if (!debug && !trace) return () => {};
  const { order } = validator.engine;
  let known = order.edgeCount;
  const follow = (message: unknown): void => {
    const { validator: from, task, lock, mode } = message as AcquireMessage;
    if (from !== validator) return;
    if (trace) log.trace({ event: 'lockdep-acquire', task: task.name, lock: lock.key.name, mode }, 'lock acquired');
    if (!debug || order.edgeCount === known) return;
    known = order.edgeCount;
    const held = task.locks.slice(0, task.depth - 1).map(({ key }) => key.name);
    log.debug({ event: 'lockdep-dependency', task: task.name, held, lock: lock.key.name }, 'new lock dependency');
  };
  channels.acquire.subscribe(follow);
  return () => channels.acquire.unsubscribe(follow);
}
