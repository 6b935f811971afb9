import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Whether all of these programs are on the path. */
export function areThere(...programs: string[]): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return programs.every((program) => folders.some((folder) => existsSync(path.join(folder, program))));
}

/** Why a test is skipped that needs programs; false: they are there. */
export function without(...programs: string[]): string | false {
  const missing = programs.filter((program) => !areThere(program));
  return missing.length > 0 && `${missing.join(', ')} not installed`;
}

/** What a program printed. Rejects with its words where it fails. */
export function run(
  program: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 64 << 20, ...options }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(' ')}: ${stderr || stdout || error.message}`));
    });
  });
}

/** A program in the background; resolves to what ends it, once `isUp` says that it answers. Rejects with its output where it ends before. */
export async function background(
  program: string,
  args: string[],
  isUp: () => Promise<boolean>,
): Promise<() => Promise<void>> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let ended = false;
  const keep = (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  }).then(() => {
    ended = true;
  });
  const deadline = Date.now() + 30_000;
  while (!(await isUp().catch(() => false))) {
    if (ended || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${program} did not start: ${said}`);
    }
    await pause(50);
  }
  return async () => {
    child.kill('SIGTERM');
    await gone;
  };
}
