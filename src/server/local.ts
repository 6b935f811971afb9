import { setTimeout as sleep } from 'node:timers/promises';
import { EscaleError } from '../core/errors/index.ts';
import type { Overview } from './api/types.ts';
import { type ControlPlaneClient, connectControlPlane } from './client.ts';
import { accepts, EXIT_REFUSED, Keeper, lastLineOf, startDetached } from './processes/keeper.ts';
import { keptProcess } from './processes/kept-processes.ts';
import { type ProcessName, readPid, removePidFile, writePidFile } from './processes/pid-file.ts';
import { readSetting, type Setting } from './processes/setting.ts';

/** Escale on this machine: its processes, and the way to talk to them. */
export interface LocalEscale {
  setting: Setting;
  client: ControlPlaneClient;
  /** This call started it. */
  started: boolean;
}

/** A control plane that was killed is back long before. */
const BACK_MS = 5_000;
const START_MS = 20_000;
const STOP_MS = 60_000;

export function localSetting(): Setting {
  return readSetting();
}

/** Joins what runs, also where its control plane is just coming back; null when nothing does. */
export async function joinLocal(): Promise<LocalEscale | null> {
  const setting = readSetting();
  const since = Date.now();
  while (!(await accepts(setting.home.controlSocket))) {
    const comesBack = livingProcesses(setting).some(({ name }) => name !== 'gateway');
    if (!comesBack || Date.now() - since > BACK_MS) return null;
    await sleep(10);
  }
  return { setting, client: connectControlPlane(setting.home.controlSocket), started: false };
}

/** Joins what runs, or starts it and waits until it carries traffic. Throws `port-taken` and the like. */
export async function startLocal(): Promise<LocalEscale> {
  const running = await joinLocal();
  if (running !== null) return running;
  const setting = readSetting();
  const { home } = setting;
  const started = Date.now();
  const controlPlane = keptProcess('control-plane', home);
  const child = startDetached(controlPlane);
  while (!(await accepts(home.controlSocket))) {
    if (child.exitCode === EXIT_REFUSED) throw refusalIn(controlPlane.logFile);
    if (Date.now() - started > START_MS) throw didNotStart(controlPlane.logFile);
    await sleep(10);
  }
  // Another command was faster: this try would take its place as soon as that one is stopped.
  if (readPid(home, 'control-plane') !== child.pid) child.kill();
  const escale = { setting, client: connectControlPlane(home.controlSocket), started: true };
  await untilCarrying(escale);
  return escale;
}

/** What runs is of another version: its processes give way to ours, and what they keep runs on. */
export async function takeOver({ client, setting }: LocalEscale): Promise<LocalEscale> {
  const before = livingProcesses(setting).filter(({ name }) => name !== 'gateway');
  await client.retire();
  const until = Date.now() + STOP_MS;
  const isLeft = () => livingProcesses(setting).some((one) => before.some(({ pid }) => pid === one.pid));
  while (isLeft() && Date.now() < until) await sleep(10);
  return startLocal();
}

/** Stops Escale and all that it runs; what was up comes back at its next start. */
export async function stopLocal({ client, setting }: LocalEscale): Promise<void> {
  await client.shutdown({ onlyIfIdle: false });
  const until = Date.now() + STOP_MS;
  while (livingProcesses(setting).length > 0 && Date.now() < until) await sleep(10);
}

/** From now on this process is the one that keeps the control plane of this host; another one gives way to it. */
export function claimKeeping(): void {
  writePidFile(readSetting().home, 'server');
}

/** Nobody keeps it any more: whoever does gives way. Needs no room on the disk. */
export function endKeeping(): void {
  removePidFile(readSetting().home, 'server');
}

/**
 * Keeps the control plane of this host alive, as long as this process is the one that does; then `gaveWay` is told.
 * Called, it looks no more.
 */
export function keepLocal({ setting: { home } }: LocalEscale, gaveWay: () => void): () => void {
  const isWanted = () => readPid(home, 'server') === process.pid;
  const keeper = new Keeper(keptProcess('control-plane', home), { isWanted, onUnwanted: gaveWay });
  void keeper.start();
  return () => keeper.stop();
}

async function untilCarrying({ client }: LocalEscale): Promise<void> {
  const started = Date.now();
  for (;;) {
    const { host }: Overview = await client.overview();
    if (host.gateway.connected) return;
    if (host.gateway.problem !== null || Date.now() - started > START_MS) {
      await client.shutdown({ onlyIfIdle: true });
      throw gatewayProblem(host.gateway.problem ?? 'the gateway did not start in time');
    }
    await sleep(20);
  }
}

/** Stops Escale's processes when no system is up. Resolves when they are gone; false when they stay. */
export async function stopLocalIfIdle({ client, setting }: LocalEscale): Promise<boolean> {
  const { stopping } = await client.shutdown({ onlyIfIdle: true });
  if (!stopping) return false;
  const until = Date.now() + STOP_MS;
  while (livingProcesses(setting).length > 0 && Date.now() < until) await sleep(10);
  return true;
}

export function livingProcesses(setting: Setting): { name: ProcessName; pid: number }[] {
  const names: ProcessName[] = ['control-plane', 'supervisor', 'gateway'];
  return names.flatMap((name) => {
    const pid = readPid(setting.home, name);
    return pid === null ? [] : [{ name, pid }];
  });
}

/** What the process said as it ended. */
function refusalIn(logFile: string): EscaleError {
  const { code, message, place, next } = JSON.parse(lastLineOf(logFile));
  return new EscaleError(code, message, { place: place ?? logFile, next });
}

function didNotStart(logFile: string): EscaleError {
  return new EscaleError('start-failed', `Escale did not start within ${START_MS / 1000} s`, {
    place: logFile,
    next: `Its last words are in ${logFile}.`,
  });
}

function gatewayProblem(problem: string): EscaleError {
  return new EscaleError('port-taken', problem, {
    next: 'Stop what holds the port, or choose another one: ESCALE_HTTP_PORT=8081.',
  });
}
