import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HELLO = path.join(import.meta.dirname, '..', '..', '..', 'systems', 'hello');
const WORD = /env\.HELLO_MESSAGE \|\| '[^']*'/;

/** hello in a repository of its own, tests and lock file included. */
export interface HelloRepository {
  folder: string;
  git(...args: string[]): Promise<void>;
  /** Changes one file and commits it: from then on `/api/info` has this message. */
  change(message: string): Promise<void>;
}

export async function makeRepository(folder: string): Promise<HelloRepository> {
  mkdirSync(folder, { recursive: true });
  cpSync(HELLO, folder, { recursive: true, filter: (file) => !file.includes('node_modules') });
  const npm = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', npm, { cwd: folder });
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n');
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
  const git = async (...args: string[]) => {
    await run('git', ['-C', folder, ...who, ...args], { env, maxBuffer: 64 << 20 });
  };
  await git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    git,
    change: async (message) => {
      const file = path.join(folder, 'settings.ts');
      writeFileSync(file, readFileSync(file, 'utf8').replace(WORD, `env.HELLO_MESSAGE || '${message}'`));
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
    },
  };
}
