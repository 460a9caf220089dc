/**
 * What a baseline looks at in a finding: the classes and the places it speaks of. Read off the data wherever it stands, so that kinds
 * of reports that come later need nothing here. What the task merely held besides does not count, nor do the steps of a schedule that
 * confirms it: the finding is the same without them.
 */
import type { ClassRef, Frame } from '@lockdep/core';
import { byCodeUnits } from './by-code-units.ts';

export interface FindingFacts {
  /** Display names, sorted. */
  readonly classes: readonly string[];
  /** Paths and function names, without lines. */
  readonly places: ReadonlySet<string>;
}

/** Cost: linear in the size of the finding. */
export function findingFacts(finding: object): FindingFacts {
  const classes = new Set<string>();
  const places = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (isClass(value)) classes.add(value.name);
    else if (isFrame(value)) addFrame(places, value);
    else {
      for (const [name, field] of Object.entries(value)) {
        if (name === 'held' || name === 'verdict') continue;
        if ((name === 'outer' || name === 'inner') && typeof field === 'string') addText(places, field);
        if (name === 'nestClass' && typeof field === 'string') classes.add(field);
        if (name === 'classes' && Array.isArray(field)) {
          for (const item of field) if (typeof item === 'string') classes.add(item);
        } else walk(field);
      }
    }
  };
  walk(finding);
  return { classes: [...classes].sort(byCodeUnits), places };
}

const isClass = (value: object): value is ClassRef => 'name' in value && 'usage' in value && 'waitInner' in value;

const isFrame = (value: object): value is Frame => 'text' in value && typeof value.text === 'string';

function addFrame(places: Set<string>, { file, function: name, text }: Frame): void {
  if (file !== undefined) places.add(file.replaceAll('\\', '/'));
  if (name !== undefined) places.add(name);
  if (file === undefined && name === undefined) addText(places, text);
}

/** `src/inode.ts:12` and `ext4_fallocate+0xa7/0x120` without what moves. */
function addText(places: Set<string>, text: string): void {
  const place = text.replace(/(?::\d+){1,2}$/, '').replace(/\+0x[0-9a-f]+(?:\/0x[0-9a-f]+)?$/, '');
  if (place !== '') places.add(place);
}
