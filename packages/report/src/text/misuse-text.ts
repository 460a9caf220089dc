/** Reports about single locks used wrongly: releases, lifetimes, nest locks, pins, assertions, statistics. */
import type { LockRef } from '@lockdep/core';
import { heldStackLines } from './held-text.ts';
import type { KindText, ReportOf } from './kind-text.ts';
import { instanceText, lockText, modeText, placeText } from './notation.ts';
import { printable } from './printable.ts';
import { OTHER_INFO } from './scenario-block.ts';
import type { TextStyle } from './text-style.ts';

const ACTIONS: Readonly<Record<ReportOf<'bad-unlock'>['action'], string>> = {
  release: 'release',
  downgrade: 'downgrade',
  'set-class': 're-class',
  transfer: 'transfer',
  pin: 'pin',
  unpin: 'unpin',
};

export const badUnlockText: KindText<'bad-unlock'> = {
  title: () => 'WARNING: bad unlock balance detected!',
  body: (report, style) => [
    `${printable(report.task)} is trying to ${ACTIONS[report.action]} lock ${instanceText(report.lock)} at:`,
    placeText(report.lock.site, style),
    report.held.length === 0
      ? 'but there are no more locks to release!'
      : 'but it is not among the locks this task holds here!',
    ...(report.holders.length === 0
      ? ['nobody holds it.']
      : [`it is held by: ${report.holders.map(printable).join(', ')}`]),
    '',
    OTHER_INFO,
  ],
};

export const heldFreedText: KindText<'held-freed'> = {
  title: () => 'WARNING: held lock freed!',
  body: (report, style) => [
    report.action === 'init'
      ? `${printable(report.task)} is initialising a lock that is still held:`
      : `${printable(report.task)} is freeing a lock that is still held:`,
    lockText(report.lock, style),
  ],
};

export const heldAtExitText: KindText<'held-at-exit'> = {
  title: (report) => `WARNING: ${printable(report.task)} still has locks held!`,
  body: (report, style) => heldStackLines(report.task, report.left, style),
  showsHeld: true,
};

export const nestNotHeldText: KindText<'nest-not-held'> = {
  title: () => 'WARNING: Nested lock was not taken',
  body: (report, style) => [
    `${printable(report.task)} is trying to lock:`,
    lockText(report.want, style),
    '',
    'but this task is not holding:',
    `${printable(report.nest)} (${printable(report.nestClass)})`,
    '',
    OTHER_INFO,
  ],
};

export const wwApiText: KindText<'ww-api'> = {
  title: () => 'WARNING: wound/wait locks used against their rules',
  body: (report) => [`${printable(report.task)}: ${printable(report.what)}`],
};

const ASSERTED: Readonly<Record<ReportOf<'assertion'>['asserted'], string>> = {
  held: 'that it holds',
  'held-for-write': 'that it holds for writing',
  'held-for-read': 'that it holds for reading',
  'not-held': 'that it does not hold',
  'none-held': 'that it holds no locks',
  context: 'something about its context',
};

export const assertionText: KindText<'assertion'> = {
  title: () => 'WARNING: lock assertion failed',
  body: (report, style) => [
    `${printable(report.task)} asserts ${ASSERTED[report.asserted]}${report.lock === null ? ', at:' : ':'}`,
    report.lock === null ? placeText(report.site, style) : lockText(report.lock, style),
    'but that is not so.',
    ...holderLines(report.holders, style),
  ],
};

function holderLines(holders: ReportOf<'assertion'>['holders'], style: TextStyle): string[] {
  if (holders.length === 0) return [];
  return [
    '',
    'it is held by:',
    ...holders.map(
      (holder) => ` ${printable(holder.task)}: ${modeText(holder.mode)}, at: ${placeText(holder.site, style)}`,
    ),
  ];
}

const PIN_TITLES: Readonly<Record<ReportOf<'pin'>['what'], string>> = {
  'released-while-pinned': 'releasing a pinned lock',
  'wrong-cookie': 'pin count corrupted',
  'not-pinned': 'unpinning an unpinned lock',
};

export const pinText: KindText<'pin'> = {
  title: (report) => `WARNING: ${PIN_TITLES[report.what]}`,
  body: (report, style) => lockOf(`${printable(report.task)}: ${PIN_TITLES[report.what]}:`, report.lock, style),
};

export const badContentionText: KindText<'bad-contention'> = {
  title: () => 'WARNING: bad contention detected!',
  body: (report, style) => [
    `${printable(report.task)} is trying to contend lock ${instanceText(report.lock)} at:`,
    placeText(report.lock.site, style),
    report.held.length === 0 ? 'but there are no locks held!' : 'but it never asked for it!',
    '',
    OTHER_INFO,
  ],
};

function lockOf(heading: string, lock: LockRef, style: TextStyle): string[] {
  return [heading, lockText(lock, style)];
}
