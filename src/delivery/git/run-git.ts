import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EscaleError } from '../../core/errors/index.ts';

/** What it printed, and how it ended. */
export interface GitEnd {
  code: number;
  stdout: Buffer;
  /** For people. */
  stderr: string;
}

export interface GitOptions {
  cwd: string;
  input?: Buffer;
  env?: Record<string, string>;
  /** Ends it, ms. */
  timeoutMs?: number;
  /** It is ended where it prints more, bytes. */
  mostBytes?: number;
}

const TIMEOUT_MS = 60_000;
const MOST_BYTES = 256 << 20;

/**
 * The environment that git gets: nothing of whoever started us, no configuration of a user or of the machine, nobody to
 * ask. Hooks, filters and protocols come from the command line alone, never from what was pushed.
 */
export function bareEnvironment(env: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    ...env,
  };
}

/** What holds for every call, whatever a repository's own configuration says. */
export const SAFE = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'protocol.allow=never'].flatMap(
  (setting) => ['-c', setting],
);

/** In the environment of git's processes and of theirs: the repository that they use. */
export const USED = 'ESCALE_USED_REPOSITORY';

export function startGit(
  args: string[],
  cwd: string,
  env: Record<string, string> = {},
): ChildProcessWithoutNullStreams {
  const used = { [USED]: env.GIT_DIR ?? cwd };
  return spawn('git', [...SAFE, ...args], { cwd, env: { ...bareEnvironment(env), ...used } });
}

/** Runs git to its end. Rejects with `git-failed` where it can't be started, takes too long or prints too much. */
export function tryGit(args: string[], options: GitOptions): Promise<GitEnd> {
  const { cwd, input, env = {}, timeoutMs = TIMEOUT_MS, mostBytes = MOST_BYTES } = options;
  return new Promise((resolve, reject) => {
    const child = startGit(args, cwd, env);
    const out: Buffer[] = [];
    let size = 0;
    let stderr = '';
    const end = (why: string) => {
      child.kill('SIGKILL');
      reject(new EscaleError('git-failed', `git ${commandOf(args)} ${why}`));
    };
    const timer = setTimeout(() => end(`took longer than ${timeoutMs / 1000} s`), timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostBytes) end('printed too much');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk}`.slice(-4096);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(notStarted(error));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 128, stdout: Buffer.concat(out), stderr: stderr.trim() });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** What git prints. Throws `git-failed` with its words where it fails. */
export async function git(args: string[], options: GitOptions): Promise<Buffer> {
  const { code, stdout, stderr } = await tryGit(args, options);
  if (code === 0) return stdout;
  throw new EscaleError('git-failed', `git ${commandOf(args)} failed: ${stderr || `exit code ${code}`}`);
}

/** Which of git's commands it is, behind settings. */
function commandOf(args: string[]): string {
  return args.find((word, index) => word !== '-c' && args[index - 1] !== '-c') ?? '';
}

export function notStarted(error: Error): EscaleError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const next = 'Install git: `apt-get install git`.';
  return new EscaleError(
    'git-failed',
    missing ? 'git is not installed' : error.message,
    missing ? { next } : {},
  );
}
