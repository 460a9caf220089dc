/**
 * Which of our formats a trace is in, from its first lines.
 *
 * A line that only one format can contain decides; other lines (comments, a shell prompt, a log of something else) are
 * passed over. Cost: a few regular expressions per line of the first 64 KiB.
 */

/**
 * `ftrace`: lock events as tracefs, `trace-cmd report` or `perf script` print them; `event-log`: every lock event of a
 * recording kernel; `ndjson`: our own recording, alone or inside a JSON log; `lockdep`: /proc/lockdep; `snapshot`: a
 * dumped dependency graph.
 */
export type TraceFormat = 'ftrace' | 'event-log' | 'ndjson' | 'lockdep' | 'snapshot';

/** Every format, for messages and option parsing. */
export const TRACE_FORMATS: readonly TraceFormat[] = ['ftrace', 'event-log', 'ndjson', 'lockdep', 'snapshot'];

/** How many bytes are looked at. */
export const DETECT_BYTES: number = 64 * 1024;

const SIGNS: readonly { readonly format: TraceFormat; readonly sign: RegExp }[] = [
  { format: 'ndjson', sign: /^\s*\{"/ },
  {
    format: 'event-log',
    sign: /^\d+ [ARDCSIHsxyk0NUKEeZW#!] \d+ -?\d+ .* \d+ [hsISndtX-]{8} (?:-|\d+(?:\.\d+)?)(?: |$)/,
  },
  { format: 'lockdep', sign: /^all lock classes:/ },
  {
    format: 'lockdep',
    sign: /^\(?[0-9a-fA-F_ptrvl]{8,16}\)?(?: OPS: *\d+)?(?: FD: *\d+)?(?: BD: *\d+)?(?: [.+?-]{4,6})?: \S/,
  },
  { format: 'snapshot', sign: /^# snapshot at record \d+/ },
  { format: 'snapshot', sign: /^C \d+ [0-9a-f]+ \d \d+ \d \d \d [0-9a-f]+ / },
  { format: 'ftrace', sign: /^# tracer: / },
  { format: 'ftrace', sign: /^#\s+TASK-PID\s/ },
  { format: 'ftrace', sign: /^cpus=\d+$/ },
  { format: 'ftrace', sign: /-\d+\s+(?:\([ \d-]+\)\s+)?\[\d+\]\s.*\d+:\s+\w+:\s/ },
  { format: 'ftrace', sign: /: (?:lock:)?lock_(?:acquire|release|contended|acquired): / },
];

/**
 * The format of a trace that starts with these bytes, or `null` when no line tells.
 *
 * @param head - The first bytes, `DETECT_BYTES` if there are so many; a last line that is cut is not looked at.
 */
export function detectFormat(head: Uint8Array): TraceFormat | null {
  const text = new TextDecoder().decode(head.subarray(0, DETECT_BYTES));
  const lines = text.split('\n', 2000);
  if (head.length >= DETECT_BYTES && lines.length > 1 && lines.length < 2000) lines.pop();
  for (const line of lines) {
    const found = SIGNS.find(({ sign }) => sign.test(line));
    if (found !== undefined) return found.format;
  }
  return null;
}
