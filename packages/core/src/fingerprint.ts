/**
 * The stable identity of a finding: its kind and the class names involved, nothing that moves with lines, files, addresses or
 * task names. Two findings with one fingerprint are one report with a higher count.
 */
import type { Finding } from './finding.ts';
import type { Hop, ReportKind } from './report.ts';
import { rules } from './rules.ts';

/** `LD2-9f86d081884c7d` */
export function fingerprint(finding: Finding): string {
  return mark(finding.kind, identity(finding));
}

/** The fingerprint that a report of a circle through these classes bears, whichever of them it begins with. */
export function circleFingerprint(classes: readonly string[]): string {
  return mark('circular', rotated(classes).join('|'));
}

function mark(kind: ReportKind, identity: string): string {
  return `${rules[kind].id}-${hash53(identity).toString(16).padStart(14, '0')}`;
}

function identity(finding: Finding): string {
  switch (finding.kind) {
    case 'circular':
      return cycleIdentity(finding.cycle);
    case 'recursive':
      return [
        finding.want.class.name,
        finding.holding.class.name,
        finding.want.mode,
        finding.holding.mode,
        finding.sameLock,
      ].join('|');
    case 'bad-unlock':
      return `${finding.lock.class.name}|${finding.action}`;
    case 'held-freed':
      return `${finding.lock.class.name}|${finding.action}`;
    case 'held-at-exit':
      return finding.left.map((lock) => lock.class.name).join('|');
    case 'nest-not-held':
      return `${finding.want.class.name}|${finding.nestClass}`;
    case 'invalid-wait-context':
      return [finding.want.class.name, finding.limitedBy?.class.name ?? finding.context].join('|');
    case 'inconsistent-state':
      return [finding.lock.class.name, ...[finding.oldUsage, finding.newUsage].sort()].join('|');
    case 'irq-inversion':
      return [finding.lock.class.name, finding.other.name, finding.state].join('|');
    case 'irq-order':
      return [finding.safe.name, finding.unsafe.name, finding.state].join('|');
    case 'instance-order':
      return [finding.want.class.name, finding.by, finding.comparable].join('|');
    case 'order-flip':
      return `${finding.want.class.name}|${finding.by}`;
    case 'interleaved-order':
      return `${finding.want.class.name}|${finding.between.class.name}`;
    case 'ww-api':
      return finding.what;
    case 'deadlock':
      return rotated(finding.waits.map((wait) => wait.wants.class.name)).join('|');
    case 'assertion':
      return `${finding.asserted}|${finding.lock?.class.name ?? ''}`;
    case 'pin':
      return `${finding.lock.class.name}|${finding.what}`;
    case 'bad-contention':
      return finding.lock.class.name;
  }
}

/** The classes of a cycle, begun at the smallest rotation, so that it does not matter which edge closed it. */
export function cycleIdentity(cycle: readonly Hop[]): string {
  return rotated(cycle.map((hop) => hop.from.name)).join('|');
}

function rotated(names: readonly string[]): readonly string[] {
  let best = names;
  for (let start = 1; start < names.length; start++) {
    const turned = [...names.slice(start), ...names.slice(0, start)];
    if (turned.join('|') < best.join('|')) best = turned;
  }
  return best;
}

/** cyrb53: 53 bits, enough for the findings of any program; not for adversaries. */
function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
