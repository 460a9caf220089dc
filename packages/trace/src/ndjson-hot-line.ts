/**
 * The frequent lines of the lockdep trace format, exactly as our recorder writes them, without JSON.parse.
 *
 * Whatever differs by a character (other members, another order, spaces) is left to the general reader, so this need
 * not be complete, only never wrong. Cost: about 0.1 µs a line.
 */
import type { AcquireLine, LockEventLine } from './ndjson-lines.ts';

const ACQUIRE = '{"lockdep":"acquire","task":';
const RELEASE = '{"lockdep":"release","task":';
const LOCK = ',"lock":';
const READ = ',"mode":"read"';
const SITE = ',"site":';

/** The line, or `null` when it is not one of these. */
export function readHotLine(line: string): AcquireLine | LockEventLine | null {
  const isAcquire = line.startsWith(ACQUIRE);
  if (!isAcquire && !line.startsWith(RELEASE)) return null;
  let end = digitsEnd(line, ACQUIRE.length);
  const task = number(line, ACQUIRE.length, end);
  if (task < 0 || !line.startsWith(LOCK, end)) return null;
  const lockAt = end + LOCK.length;
  end = digitsEnd(line, lockAt);
  const lock = number(line, lockAt, end);
  if (lock < 0) return null;
  if (isClosed(line, end)) return isAcquire ? { lockdep: 'acquire', task, lock } : { lockdep: 'release', task, lock };
  if (!isAcquire) return null;
  const isRead = line.startsWith(READ, end);
  if (isRead) end += READ.length;
  if (isClosed(line, end)) return { lockdep: 'acquire', task, lock, mode: 'read' };
  if (!line.startsWith(SITE, end)) return null;
  const siteAt = end + SITE.length;
  end = digitsEnd(line, siteAt);
  const site = number(line, siteAt, end);
  if (site < 0 || !isClosed(line, end)) return null;
  return isRead ? { lockdep: 'acquire', task, lock, mode: 'read', site } : { lockdep: 'acquire', task, lock, site };
}

function isClosed(line: string, at: number): boolean {
  return at === line.length - 1 && line.charCodeAt(at) === 125; /* } */
}

function digitsEnd(line: string, start: number): number {
  let at = start;
  while (isDigit(line.charCodeAt(at))) at++;
  return at;
}

/** The digits as a number; -1 when there are none, too many, or a leading zero, which JSON forbids. */
function number(line: string, start: number, end: number): number {
  const length = end - start;
  if (length === 0 || length > 9 || (length > 1 && line.charCodeAt(start) === 48)) return -1;
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + line.charCodeAt(at) - 48;
  return value;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
