/** What the text renderer needs to know of one kind of report: its title, and its middle part. */
import type { Report, ReportKind } from '@lockdep/core';
import type { TextStyle } from './text-style.ts';

/** The report type of a kind. */
export type ReportOf<K extends ReportKind> = Extract<Report, { readonly kind: K }>;

/** How one kind of report reads. */
export interface KindText<K extends ReportKind> {
  readonly title: (report: ReportOf<K>) => string;
  /** The lines between the header and the held locks. */
  readonly body: (report: ReportOf<K>, style: TextStyle) => string[];
  /** The body lists what the task holds: do not list it again below. */
  readonly showsHeld?: true;
}
