/**
 * `--format` of commands that read traces: it names the format of the traces (`event-log`) or of what is shown (`sarif`); the names
 * are different ones. `--input` and `--report` say the same of one side only.
 */
import { closest } from './closest.ts';
import { TRACE_FORMATS, type TraceFormat } from './formats.ts';
import { oneOf } from './options.ts';
import { UsageError } from './usage-error.ts';

export interface FormatValues {
  readonly format?: readonly string[] | undefined;
  readonly input?: string | undefined;
  readonly report?: string | undefined;
}

/** @throws UsageError for a name that is neither. */
export function inputOrOutput(
  { format = [], input, report }: FormatValues,
  shown: readonly string[],
): { readonly input: TraceFormat; readonly format: string | undefined } {
  const isInput = (name: string): boolean => (TRACE_FORMATS as readonly string[]).includes(name);
  for (const name of format) {
    if (isInput(name) || shown.includes(name)) continue;
    const near = closest(name, [...shown, ...TRACE_FORMATS]);
    throw new UsageError(
      `--format ${name}: use one of ${shown.join(', ')}${near === null ? '' : ` (did you mean ${near}?)`}`,
      `of a trace: ${TRACE_FORMATS.join(', ')}`,
    );
  }
  // The views had this option first, and called `pretty` text.
  const view = report === undefined ? undefined : oneOf('report', report, ['text', ...shown]);
  return {
    input: oneOf('input', input ?? format.findLast(isInput) ?? 'auto', TRACE_FORMATS),
    format: view === 'text' ? 'pretty' : (view ?? format.findLast((name) => !isInput(name))),
  };
}
