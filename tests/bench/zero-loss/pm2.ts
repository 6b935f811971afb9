import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LoadResult, RunningLoad, Target } from '../load/index.ts';
import { freePort, type Stage, until } from '../stage.ts';

const run = promisify(execFile);

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
/** As long as Escale gives hello: pm2's own 1.6 s would cut what is slow. */
const KILL_TIMEOUT_MS = 30_000;

export interface Pm2Load {
  /** Starts the load of this bench somewhere else. */
  start: (target: Target) => RunningLoad;
  requests: number;
  /** When to give up, ms. */
  longestMs: number;
}

/**
 * The same load on hello under pm2's cluster mode with three instances, over `pm2 reload` as often as Escale updated it
 * and over `pm2 scale`: the usual way to update a Node service on one host. Null where pm2 can't be installed.
 */
export async function pm2Reload(
  stage: Stage,
  { start, requests, longestMs }: Pm2Load,
): Promise<LoadResult | null> {
  const folder = path.join(stage.folder, 'pm2');
  const program = await installPm2(folder);
  if (program === null) return null;
  const port = await freePort();
  const names = { PM2_HOME: path.join(folder, 'home'), HOST: '127.0.0.1', PORT: String(port) };
  const env = { ...process.env, ...names };
  const call = (...args: string[]) => run(process.execPath, [program, ...args], { env, cwd: stage.hello });
  linkPackages(stage);
  await call('start', 'server.ts', '-i', '3', '--name', 'hello', ...runtime());
  try {
    await until('hello answers under pm2', () => answers(port));
    const load = start({ host: '127.0.0.1', port, hostHeader: 'hello.localhost' });
    await changes(call, load);
    await until('all requests sent', () => load.snapshot().total.sent >= requests, longestMs);
    return await load.stop();
  } finally {
    await call('kill').catch(() => {});
  }
}

function runtime(): string[] {
  return ['--interpreter', process.execPath, '--kill-timeout', String(KILL_TIMEOUT_MS)];
}

/** What Escale is put through, as far as pm2 has it. */
async function changes(call: (...args: string[]) => Promise<unknown>, load: RunningLoad): Promise<void> {
  const steps = [['reload'], ['reload'], ['reload'], ['scale', '6'], ['scale', '2'], ['reload']];
  for (const [verb, ...more] of steps) {
    await call(verb!, 'hello', ...more);
    const { sent, failed } = load.snapshot().total;
    console.log(`  pm2 ${[verb, ...more].join(' ')} (${sent} sent, ${failed} failed)`);
  }
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
  return response?.ok ?? false;
}

/** Its program in a folder of its own; null where it can't be installed. */
export async function installPm2(folder: string): Promise<string | null> {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['install', ...quiet, 'pm2@7.0.4'], { cwd: folder });
  } catch {
    console.log('pm2 can not be installed here: its comparison is skipped');
    return null;
  }
  const program = path.join(folder, 'node_modules', 'pm2', 'bin', 'pm2');
  return existsSync(program) ? program : null;
}

/** As the copy of hello is delivered by Escale with its packages. */
function linkPackages(stage: Stage): void {
  const modules = path.join(stage.hello, 'node_modules');
  if (!existsSync(modules)) symlinkSync(path.join(ROOT, 'node_modules'), modules);
}
