/** Where the bytes of a file come from. */
export type Content = { bytes: Buffer } | { file: string };

/** One entry of a layer. Owner and time are not part of it: root and 1970. */
export type Entry =
  | { path: string; type: 'folder'; mode: number }
  | { path: string; type: 'file'; mode: number; content: Content }
  | { path: string; type: 'link' | 'hardlink'; target: string };

/** In the order of an archive: by bytes, a folder before what it holds; the later one of two with the same path. */
export function sorted(entries: Entry[]): Entry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}

function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  // Code units order as bytes do, but for characters beyond the basic plane.
  return /[\ud800-\uffff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : 1;
}

/** The entries with a folder entry for each folder above them that has none. */
export function withFolders(entries: Entry[]): Entry[] {
  const there = new Set(entries.map(({ path }) => path));
  const above = new Set<string>();
  for (const { path } of entries)
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (above.has(folder)) break;
      above.add(folder);
    }
  const folders = [...above].filter((path) => !there.has(path));
  return [...folders.map((path): Entry => ({ path, type: 'folder', mode: 0o755 })), ...entries];
}
