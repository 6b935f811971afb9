import { tryGit } from '../git/run-git.ts';

/** Where the files of an image come from. */
export interface Provenance {
  /** The commit, where nothing below the folder differs from it; else null. */
  revision: string | null;
  /** Seconds since 1970: `SOURCE_DATE_EPOCH`, else of the commit, else 0. */
  created: number;
  /** Address of the repository, without anybody's password; null: it has none that others could use. */
  source: string | null;
}

/** What git knows of a folder; `top` is the highest folder of its repository, or the folder itself. */
export async function provenanceOf(
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Provenance & { top: string }> {
  const top = await said(folder, ['rev-parse', '--show-toplevel']);
  if (top === null) return { top: folder, revision: null, created: epochIn(env) ?? 0, source: null };
  const [commit, changes, remote] = await Promise.all([
    said(folder, ['log', '-1', '--format=%H %ct']),
    said(folder, ['status', '--porcelain', '--', '.']),
    said(folder, ['config', '--get', 'remote.origin.url']),
  ]);
  const [revision = null, time = '0'] = commit?.split(' ') ?? [];
  return {
    top,
    revision: changes === '' ? revision : null,
    created: epochIn(env) ?? Number(time),
    source: remote === null ? null : publicAddress(remote),
  };
}

/** reproducible-builds.org/specs/source-date-epoch */
function epochIn({ SOURCE_DATE_EPOCH: text = '' }: NodeJS.ProcessEnv): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/** An address of the web, or of ssh, as others would write it; a folder of this machine is none. */
export function publicAddress(remote: string): string | null {
  const short = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)([\w./~-]+)$/.exec(remote);
  if (short !== null) return `ssh://${short[1]}/${short[2]!.replace(/^\//, '')}`;
  if (!URL.canParse(remote)) return null;
  const url = new URL(remote);
  if (!['http:', 'https:', 'ssh:', 'git:'].includes(url.protocol)) return null;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}

/** What git prints, trimmed; null where it fails or is not there. */
async function said(folder: string, args: string[]): Promise<string | null> {
  try {
    const { code, stdout } = await tryGit(args, { cwd: folder });
    return code === 0 ? stdout.toString().trim() : null;
  } catch {
    return null;
  }
}
