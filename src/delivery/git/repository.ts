import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { syncFolder } from '../../host/index.ts';
import { git, tryGit } from './run-git.ts';

/** A file of a commit. */
export interface TreeEntry {
  /** From the top, `/`-separated. */
  path: string;
  /** `100644`, `100755`, `120000`; `160000` is a submodule. */
  mode: string;
  /** Object name of its content. */
  id: string;
}

export interface CommitInfo {
  id: string;
  author: string;
  /** ms since 1970. */
  at: number;
  subject: string;
}

/** Where the tip of each branch stands, by its name without `refs/heads/`. */
export type Branches = Record<string, string>;

export const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const FETCH_MS = 10 * 60_000;

const SETTINGS: Record<string, string> = {
  // Nothing that git would refuse itself comes in.
  'receive.fsckObjects': 'true',
  'receive.autogc': 'true',
  'receive.denyDeleteCurrent': 'ignore',
  'receive.maxInputSize': String(2 ** 30),
  'transfer.hideRefs': 'refs/escale',
  'gc.auto': '6700',
  'core.fsync': 'all',
  'core.logAllRefUpdates': 'true',
};

/** A bare repository of this host. Only names of objects that were checked before are ever given to git. */
export class Repository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get exists(): boolean {
    return existsSync(path.join(this.folder, 'HEAD'));
  }

  /** Appears whole or not at all. */
  async make(): Promise<void> {
    if (this.exists) return;
    const building = `${this.folder}.${process.pid}.building`;
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building, { recursive: true, mode: 0o700 });
    await git(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', building], {
      cwd: building,
    });
    for (const [name, value] of Object.entries(SETTINGS))
      await git(['config', name, value], { cwd: building });
    try {
      renameSync(building, this.folder);
      syncFolder(path.dirname(this.folder));
    } catch (error) {
      // Somebody else was faster.
      rmSync(building, { recursive: true, force: true });
      if (!this.exists) throw error;
    }
  }

  /** Locks of pushes that a crash ended: nobody would ever take them away. To be called while nobody pushes. */
  clearLocks(): void {
    if (!this.exists) return;
    for (const name of readdirSync(this.folder, { recursive: true }) as string[]) {
      if (!name.endsWith('.lock') || name.startsWith('objects')) continue;
      rmSync(path.join(this.folder, name), { force: true });
    }
    // Objects of a push that never ended stand apart (`objects/tmp_objdir-incoming-…`).
    for (const name of readdirSync(path.join(this.folder, 'objects')))
      if (name.startsWith('tmp_objdir-'))
        rmSync(path.join(this.folder, 'objects', name), { recursive: true, force: true, maxRetries: 5 });
  }

  async branches(): Promise<Branches> {
    const out = await this.git(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads']);
    const lines = out.toString().split('\n').filter(Boolean);
    return Object.fromEntries(
      lines.map((line) => {
        const space = line.indexOf(' ');
        return [line.slice(space + 1 + 'refs/heads/'.length), line.slice(0, space)];
      }),
    );
  }

  /** Whether the object is there and is a commit. */
  async has(commit: string): Promise<boolean> {
    const end = await tryGit(['cat-file', '-e', `${checked(commit)}^{commit}`], { cwd: this.folder });
    return end.code === 0;
  }

  /** Every file of a commit, sorted by path. */
  async tree(commit: string): Promise<TreeEntry[]> {
    const out = await this.git(['ls-tree', '-r', '-z', '--full-tree', checked(commit)]);
    return out
      .toString()
      .split('\0')
      .filter(Boolean)
      .map((line) => {
        const tab = line.indexOf('\t');
        const [mode, , id] = line.slice(0, tab).split(' ');
        return { path: line.slice(tab + 1), mode: mode!, id: id! };
      });
  }

  /** The content of a file, by its object's name; at most 1 MiB. */
  async file(id: string): Promise<string> {
    const content = await git(['cat-file', 'blob', checked(id)], { cwd: this.folder, mostBytes: 1 << 20 });
    return content.toString('utf8');
  }

  /**
   * Writes the files of a commit into a folder that it makes: what is in the commit as it is, no `.git`, no filters, no
   * hooks. Submodules are left out.
   */
  async checkout(commit: string, into: string): Promise<void> {
    mkdirSync(into, { recursive: true, mode: 0o755 });
    const index = `${into}.index`;
    const env = { GIT_DIR: this.folder, GIT_WORK_TREE: into, GIT_INDEX_FILE: index };
    try {
      await this.git(['read-tree', checked(commit)], env);
      await git(['checkout-index', '--all', '--force'], { cwd: into, env });
    } finally {
      rmSync(index, { force: true });
      rmSync(`${index}.lock`, { force: true });
    }
  }

  /**
   * Makes the branches those of another repository, over http or https at this address and no other (a redirect is
   * refused). Throws `git-failed`; no message holds the token.
   */
  async fetchFrom(url: string, { address, token }: { address: string; token: string | null }): Promise<void> {
    const { hostname, port, protocol } = new URL(url);
    const at = address.includes(':') ? `[${address}]` : address;
    const settings = [
      `protocol.${protocol.slice(0, -1)}.allow=always`,
      'http.followRedirects=false',
      'http.lowSpeedLimit=1000',
      'http.lowSpeedTime=30',
      `http.curloptResolve=${hostname}:${port || (protocol === 'https:' ? 443 : 80)}:${at}`,
    ].flatMap((setting) => ['-c', setting]);
    const args = [
      'fetch',
      '--quiet',
      '--prune',
      '--no-tags',
      '--force',
      '--no-auto-gc',
      '--no-write-fetch-head',
    ];
    await git([...settings, ...args, '--no-recurse-submodules', '--', url, '+refs/heads/*:refs/heads/*'], {
      ...{ cwd: this.folder, env: token === null ? {} : authorization(token), timeoutMs: FETCH_MS },
    });
  }

  /** Newest first: what `to` has and `from` has not, below a folder (`.` for all). */
  async log(from: string | null, to: string, folder: string, most: number): Promise<CommitInfo[]> {
    const range = from === null ? [checked(to)] : [checked(to), `^${checked(from)}`];
    const format = '--format=%H%x00%an%x00%ct%x00%s%x00';
    const out = await this.git(['log', '-z', format, `-n${most}`, ...range, '--', below(folder)]);
    const words = out.toString().split('\0');
    const commits: CommitInfo[] = [];
    // Each has four words, the end of the last one and `-z`'s own zero byte.
    for (let at = 0; at + 3 < words.length; at += 5)
      commits.push({
        ...{ id: words[at]!.trim(), author: words[at + 1]! },
        ...{ at: Number(words[at + 2]) * 1000, subject: words[at + 3]! },
      });
    return commits;
  }

  /** Paths that differ between two commits below a folder, each with what happened: `A`, `M`, `D`, `T`. */
  async changedFiles(from: string, to: string, folder: string): Promise<{ path: string; change: string }[]> {
    const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-status', checked(from), checked(to)];
    const out = await this.git([...args, '--', below(folder)]);
    const words = out.toString().split('\0').filter(Boolean);
    return words.flatMap((change, index) => (index % 2 === 0 ? [{ path: words[index + 1]!, change }] : []));
  }

  /** Empty when all of it is sound; else what git says. */
  async problems(): Promise<string> {
    const { code, stdout, stderr } = await tryGit(['fsck', '--full', '--no-dangling'], { cwd: this.folder });
    return code === 0 ? '' : `${stdout}${stderr}`.trim();
  }

  private git(args: string[], env: Record<string, string> = {}): Promise<Buffer> {
    return git(args, { cwd: this.folder, env });
  }
}

/** What is below a folder; git finds nothing below a literal `.`. */
function below(folder: string): string {
  return `:(top,literal)${folder === '.' ? '' : folder}`;
}

/** In the environment, which only the same user can read, and not among the words of the command. */
function authorization(token: string): Record<string, string> {
  const credentials = Buffer.from(`escale:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
  };
}

/** A name of an object and nothing else: it may stand among git's options. */
function checked(commit: string): string {
  if (!COMMIT.test(commit)) throw new Error('not the name of a commit');
  return commit;
}
