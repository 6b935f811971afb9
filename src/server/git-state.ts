import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gitEnvironment } from '../host/index.ts';

const run = promisify(execFile);

/** Where a folder stands in git. */
export interface GitState {
  /** The commit that is checked out; null outside a repository and before the first commit. */
  commit: string | null;
  /** Something below the folder is not committed. Always true without a commit. */
  dirty: boolean;
  /** The repository's top folder, or the folder itself. */
  top: string;
}

export async function gitState(folder: string): Promise<GitState> {
  const [commit, top, changes] = await Promise.all([
    git(folder, ['rev-parse', 'HEAD']),
    git(folder, ['rev-parse', '--show-toplevel']),
    git(folder, ['status', '--porcelain', '--', '.']),
  ]);
  return { commit, dirty: commit === null || changes !== '', top: top ?? folder };
}

/** What git prints, trimmed; null when it fails or is not there. */
async function git(folder: string, args: string[]): Promise<string | null> {
  try {
    const options = { env: gitEnvironment(), maxBuffer: 16 << 20 };
    const { stdout } = await run('git', ['-C', folder, ...args], options);
    return stdout.trim();
  } catch {
    return null;
  }
}
