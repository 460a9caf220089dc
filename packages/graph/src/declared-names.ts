/**
 * Which declared name a learned class goes by: its display name, else the name without subclass, else without `#2` too, else an alias
 * of any of these. So `i_rwsem` speaks for `i_rwsem/1` unless that is declared itself.
 */
import { namesOf } from './class-name.ts';
import type { OrderDeclaration } from './order-declaration.ts';

export class DeclaredNames {
  readonly #declared: ReadonlySet<string>;
  readonly #aliased = new Map<string, string>();

  constructor({ classes, aliases }: OrderDeclaration) {
    this.#declared = new Set(classes);
    for (const [name, others] of aliases) for (const other of others) this.#aliased.set(other, name);
  }

  /** The declared name of a class; null where the declaration does not speak of it. */
  of(className: string): string | null {
    const names = namesOf(className);
    for (const name of names) if (this.#declared.has(name)) return name;
    for (const name of names) {
      const declared = this.#aliased.get(name);
      if (declared !== undefined && this.#declared.has(declared)) return declared;
    }
    return null;
  }
}
