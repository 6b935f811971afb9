/**
 * A value that remembers which of its keys were read. A validator reads every key that its schema knows; the others would be
 * thrown away by the API, or refused.
 */
export function watched(value: object): { value: object; unread: () => string[] } {
  const read = new Set<string>();
  return {
    value: watch(value, '', read) as object,
    unread: () => pathsIn(value, '').filter((path) => !read.has(path)),
  };
}

function watch(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const inner: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return inner;
      read.add(`${path}/${key}`);
      return watch(inner, `${path}/${key}`, read);
    },
  });
}

function pathsIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    `${path}/${key}`,
    ...pathsIn(inner, `${path}/${key}`),
  ]);
}
