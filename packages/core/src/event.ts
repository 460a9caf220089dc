/**
 * The events a validator takes in, as a listener sees them: enough to record a run and replay it into another validator.
 *
 * A listener is called after the validator has processed the event, and must not call back into it.
 */
import type { Lock } from './lock.ts';
import type { Site } from './report.ts';
import type { Task } from './task.ts';

/** The events of a validator by name. */
export type EventType =
  | 'acquire'
  | 'contended'
  | 'acquired'
  | 'cancel'
  | 'release'
  | 'downgrade'
  | 'init'
  | 'dispose'
  | 'begin-task'
  | 'end-task'
  | 'join-task'
  | 'transfer'
  | 'set-class'
  | 'enter-context'
  | 'exit-context'
  | 'enable-context'
  | 'disable-context';

/**
 * Receives one event. What the arguments mean depends on `type`:
 * - lock events: `lock`, and for `acquire` `how` (packed, see mode.ts), `nest` and `site`;
 * - `transfer`: `other` is the receiving task; `begin-task`: the parent whose `how` oldest held locks the task starts
 *   under, if any;
 * - context events: `context` names the kind; `how` is 1 for a threaded entry.
 */
export type EventListener = (
  type: EventType,
  task: Task,
  lock: Lock | null,
  how: number,
  nest: Lock | null,
  site: Site | null,
  extra: { readonly context?: string; readonly other?: Task } | null,
) => void;
