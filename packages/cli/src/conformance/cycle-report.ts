/**
 * The notation of cycle reports: circles of lock classes that a real lockdep has reported. The edges stand in the order of the circle,
 * the first one is the acquisition that closed it. Class numbers (`#2`) are dropped there, so a name that comes twice is two classes.
 */
import { UsageError } from '../usage-error.ts';

export interface CycleEdge {
  readonly outer: string;
  readonly inner: string;
  /** Innermost functions of the acquisition. */
  readonly acquiredAt: readonly string[];
}

export interface CycleReport {
  /** Its place in the file, date and subject. */
  readonly id: string;
  readonly edges: readonly CycleEdge[];
}

/** Is this document in the notation of cycle reports? Its `reports`, or itself, is a list of objects with edges. */
export function isCycleReports(document: unknown): boolean {
  const first = list(document)?.[0];
  return isObject(first) && Array.isArray(first['edges']);
}

/** @throws UsageError that says which report and what is wrong with it. */
export function cycleReportsIn(file: string, document: unknown): CycleReport[] {
  return (list(document) ?? []).map((item, index) => readReport(file, index, item));
}

function list(document: unknown): readonly unknown[] | null {
  const items = isObject(document) ? document['reports'] : document;
  return Array.isArray(items) ? items : null;
}

function readReport(file: string, index: number, item: unknown): CycleReport {
  const fields = isObject(item) ? item : {};
  const words = [fields['date'], fields['subject']].filter((word) => typeof word === 'string');
  const id = [`${index}`, ...words].join(' ');
  const fail = (what: string): never => {
    throw new UsageError(
      `${file}: report ${id}: ${what}`,
      'a cycle report has edges of outer and inner, in the order of the circle',
    );
  };
  const items = fields['edges'];
  if (!Array.isArray(items) || items.length === 0) return fail('no edges');
  const edges = items.map((edge: unknown, at): CycleEdge => {
    if (!isObject(edge) || typeof edge['outer'] !== 'string' || typeof edge['inner'] !== 'string') {
      return fail(`edge ${at} has no outer and inner class`);
    }
    const places: unknown = edge['acquiredAt'] ?? [];
    if (!Array.isArray(places) || places.some((place) => typeof place !== 'string')) {
      return fail(`acquiredAt of edge ${at} is no list of functions`);
    }
    return { outer: edge['outer'], inner: edge['inner'], acquiredAt: places };
  });
  for (const [at, { inner }] of edges.entries()) {
    const next = edges[(at + 1) % edges.length]!;
    if (inner !== next.outer) fail(`edge ${at} ends in ${inner}, and the next begins with ${next.outer}`);
  }
  return { id, edges };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
