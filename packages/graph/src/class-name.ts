/** Display names of classes: `name`, `name#2` for the second class of a name, `name#2/1` for its subclass 1. */

export interface ClassName {
  readonly base: string;
  readonly version: number;
  readonly subclass: number;
}

/** The display name. */
export function className({ base, version, subclass }: ClassName): string {
  return `${base}${version > 1 ? `#${version}` : ''}${subclass > 0 ? `/${subclass}` : ''}`;
}

/** The name without its subclass, then also without its version: what a rule may call the class by, nearest first. */
export function namesOf(name: string): readonly [string, string, string] {
  const whole = name.replace(/\/[1-7]$/, '');
  return [name, whole, whole.replace(/#\d+$/, '')];
}
