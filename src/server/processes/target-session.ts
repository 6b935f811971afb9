import { readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError } from '../../core/errors/index.ts';
import { errorBody, readProc } from '../../host/index.ts';
import { connectSupervisor } from '../../supervisor/index.ts';
import type { SessionOrder } from '../targets/index.ts';
import { accepts, Keeper } from './keeper.ts';
import { keptProcess } from './kept-processes.ts';
import { type ProcessName, readPid, writePidFile } from './pid-file.ts';
import { readServerFile, writeServerFile } from './server-file.ts';
import { readSetting } from './setting.ts';
import { removeTargetFile, stampTarget } from './target-file.ts';

/**
 * What the control plane's connection to a host runs there: it stamps the host, keeps its supervisor alive in this version,
 * and ends with its input. Everything that it starts outlives it.
 */
process.umask(0o022);
const { home } = readSetting();
const LOOK_MS = 20;
const END_MS = 30_000;
/** Another connection may be about to use it, ms. */
const JUST_BROUGHT_MS = 3_600_000;

const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => {
  lines.once('close', () => process.exit(0));
  begin(JSON.parse(line) as SessionOrder).catch(refuse);
});

async function begin(order: SessionOrder): Promise<void> {
  const isNews = stampTarget(home, order.file, order.takeOver);
  endFormerSession();
  if (order.leave) return leave();
  const isMoved = listenAt(order);
  await retireOther(isNews);
  if (isMoved) await endGateway();
  await new Keeper(keptProcess('supervisor', home)).start();
  tidyParts();
  say({ type: 'ready', socket: home.supervisorSocket });
}

/** One control plane has one connection: an older one is a leftover, or of somebody whose host was taken over. */
function endFormerSession(): void {
  const former = readPid(home, 'session');
  if (former !== null) process.kill(former, 'SIGTERM');
  writePidFile(home, 'session');
}

/** Whether the gateway has to listen elsewhere than before. */
function listenAt({ listen, port }: SessionOrder): boolean {
  const before = readServerFile(home);
  const after = { stays: true, hosts: [], listen, port };
  if (JSON.stringify(before) === JSON.stringify({ ...before, ...after })) return false;
  writeServerFile(home, after);
  return true;
}

/** A supervisor of another version, or that knows something else, gives way; instances and gateway go on meanwhile. */
async function retireOther(isNews: boolean): Promise<void> {
  if (!(await accepts(home.supervisorSocket))) return;
  const supervisor = connectSupervisor(home.supervisorSocket);
  if (!isNews && (await supervisor.program()) === import.meta.dirname) return;
  await supervisor.retire().catch(() => {});
  await untilGone('supervisor');
}

/** Former versions of Escale go once nothing of them runs. */
function tidyParts(): void {
  const own = path.join(import.meta.dirname, '..', '..', '..');
  const needed = [own, ...programOf('gateway')].flatMap((sources) => [
    path.basename(sources),
    path.basename(path.dirname(realpathSync(path.join(sources, 'node_modules')))),
  ]);
  const parts = path.join(home.root, 'parts');
  for (const name of readdirSync(parts)) {
    const part = path.join(parts, name);
    if (needed.includes(name) || Date.now() - statSync(part).mtimeMs < JUST_BROUGHT_MS) continue;
    rmSync(part, { recursive: true, force: true });
  }
}

/** The folder of the version that one of its processes is of; none where it does not run. */
function programOf(name: ProcessName): string[] {
  const words = (readProc(readPid(home, name) ?? 0, 'cmdline') ?? '').split('\0');
  const entry = words.find((word) => word.endsWith(`/src/server/processes/${name}.ts`));
  return entry === undefined ? [] : [path.resolve(entry, '..', '..', '..', '..')];
}

async function endGateway(): Promise<void> {
  end('gateway');
  await untilGone('gateway');
}

/** Nothing of Escale runs here any more, and the host is nobody's. What services kept stays. */
async function leave(): Promise<void> {
  if (await accepts(home.supervisorSocket)) {
    const supervisor = connectSupervisor(home.supervisorSocket);
    for (const { system, environment } of await supervisor.wishes())
      await supervisor.remove(system, environment);
    await supervisor.tidy([]);
    // It ends before it has answered.
    await supervisor.stop().catch(() => {});
  }
  await untilGone('supervisor');
  await endGateway();
  removeTargetFile(home);
  say({ type: 'ready', socket: '' });
}

function end(name: ProcessName): void {
  const pid = readPid(home, name);
  if (pid !== null) process.kill(pid, 'SIGTERM');
}

async function untilGone(name: ProcessName): Promise<void> {
  const until = Date.now() + END_MS;
  while (readPid(home, name) !== null) {
    if (Date.now() > until) throw new EscaleError('target-failed', `its ${name} does not end`);
    await pause(LOOK_MS);
  }
}

function refuse(error: unknown): void {
  say({ type: 'refused', error: errorBody(error) });
  process.exitCode = 1;
  lines.close();
}

function say(word: object): void {
  process.stdout.write(`${JSON.stringify(word)}\n`);
}
