/** What rendering knows of a repository: looked at once by `delivery`, so that everything here is decided without I/O. */
export interface Repository {
  /** Folder of the system's file from the top of the repository; `.` for the top itself. */
  system: string;
  /** By `source`, as the resolved system writes it. */
  sources: Record<string, SourceFolder>;
}

export interface SourceFolder {
  /** From the top of the repository; `.` for the top itself. */
  folder: string;
  /** What its files say, where a command does not. */
  language: Language | null;
  /** What its programs need at run time. */
  packages: Packages | null;
  /** What its steps need: packages for development, too. */
  development: Packages | null;
}

export type Language = 'node' | 'python';

/** What is installed beside the files of a folder. Paths are from the top of the repository. */
export interface Packages {
  language: Language;
  /** Files that an installer reads. */
  files: string[];
  /** Folder to install in: the lock file's, or the source's. */
  root: string;
  /** The workspace below `root`; `.` where there are none. */
  workspace: string;
  /** What pins the versions; null: nothing does. */
  lock: string | null;
}

/** `a` and `b` → `a/b`, where either may be `.`. */
export function joinPath(above: string, below: string): string {
  if (above === '.') return below;
  return below === '.' ? above : `${above}/${below}`;
}
