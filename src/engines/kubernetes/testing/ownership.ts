import {
  type FieldSet,
  fieldsOf,
  fieldsV1,
  isSameAt,
  type Path,
  removeAt,
  setAt,
  shown,
  valueAt,
} from './fields.ts';

/** Which fields of one object each manager holds: `escale Apply`, `kubectl Update`. */
export class Ownership {
  private readonly held = new Map<string, FieldSet>();

  copy(): Ownership {
    const other = new Ownership();
    for (const [who, fields] of this.held) other.held.set(who, new Set(fields));
    return other;
  }

  /** Fields of the configuration that others hold with another value. */
  conflicts(live: object, config: object, manager: string): { manager: string; field: string }[] {
    const me = `${manager} Apply`;
    return [...fieldsOf(config)].flatMap((path) => {
      const same = isSameAt(live, config, path);
      if (same || this.held.get(me)?.has(path)) return [];
      return this.othersWith(path, me).map((who) => ({ manager: who.split(' ')[0]!, field: shown(path) }));
    });
  }

  /** Makes the live object what a configuration says, and no more of what this manager said before. */
  apply(live: object, config: object, manager: string): void {
    const me = `${manager} Apply`;
    const before = this.held.get(me) ?? new Set<Path>();
    const now = fieldsOf(config);
    for (const path of now) {
      const differs = !isSameAt(live, config, path);
      if (differs) for (const who of this.othersWith(path, me)) this.held.get(who)!.delete(path);
      setAt(live, path, valueAt(config, path));
    }
    for (const path of before)
      if (!now.has(path) && this.othersWith(path, me).length === 0) removeAt(live, path);
    this.held.set(me, now);
    this.clean();
  }

  /** What a plain write changed is the writer’s. */
  update(before: object, after: object, manager: string): void {
    const me = `${manager} Update`;
    const mine = this.held.get(me) ?? new Set<Path>();
    const now = fieldsOf(after);
    for (const path of now) {
      if (isSameAt(before, after, path)) continue;
      for (const fields of this.held.values()) fields.delete(path);
      mine.add(path);
    }
    for (const path of fieldsOf(before))
      if (!now.has(path)) for (const fields of this.held.values()) fields.delete(path);
    this.held.set(me, mine);
    this.clean();
  }

  managedFields(): object[] {
    return [...this.held].map(([who, fields]) => {
      const [manager, operation] = who.split(' ');
      return { manager, operation, fieldsType: 'FieldsV1', fieldsV1: fieldsV1(fields) };
    });
  }

  private othersWith(path: Path, me: string): string[] {
    return [...this.held].filter(([who, fields]) => who !== me && fields.has(path)).map(([who]) => who);
  }

  private clean(): void {
    for (const [who, fields] of this.held) if (fields.size === 0) this.held.delete(who);
  }
}
