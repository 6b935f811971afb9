import { type ChildProcess, spawn } from 'node:child_process';
import http from 'node:http';
import os from 'node:os';
import { readSetting } from '../../src/server/processes/setting.ts';
import { connectSupervisor } from '../../src/supervisor/index.ts';
import { childrenCpuMs, cpuMs } from './control-plane/process-times.ts';
import { writeRecords } from './control-plane/records.ts';
import { makeStage, median, proportionalBytes, type Stage, until } from './stage.ts';

const PROCESSES = ['control-plane', 'supervisor', 'gateway'] as const;
const SETTLE_LIMIT_MS = 600_000;

/**
 * What many systems cost while nothing happens: five releases each, up, no instance of anything.
 *   npm run bench -- control-plane [--systems 50,200,800,2000] [--idle 60] [--rounds 7]
 */
export async function run(args: string[]): Promise<void> {
  const counts = textOf(args, '--systems', '50,200,800,2000').split(',').map(Number);
  const idleMs = 1000 * Number(textOf(args, '--idle', '60'));
  const rounds = Number(textOf(args, '--rounds', '7'));
  const rows: Row[] = [];
  for (const systems of counts) {
    rows.push(await measure({ systems, idleMs, rounds }));
    printRow(rows.at(-1)!);
  }
  const loadAverage = os.loadavg().map(round);
  console.log(JSON.stringify({ bench: 'control-plane', idleMs, rows, loadAverage }));
}

type Row = Awaited<ReturnType<typeof measure>>;
type Times = { ms: number; cpuMs: number };

async function measure({ systems, idleMs, rounds }: { systems: number; idleMs: number; rounds: number }) {
  const stage = await makeStage('control-plane');
  let server: ChildProcess | null = null;
  try {
    await writeRecords(stage.env, systems);
    const began = performance.now();
    server = stage.serve();
    await until('the API answers', () => answers(stage));
    const answersMs = performance.now() - began;
    await until('every wish is held', () => isSettled(stage, systems), SETTLE_LIMIT_MS);
    const settledMs = performance.now() - began;
    const commands = await commandTimes(stage, rounds);
    const overviews = await overviewTimes(stage, rounds);
    const idle = await shares(stage, idleMs);
    const watched = await watchedShares(stage, idleMs);
    const megabytes = byProcess((name) => round(proportionalBytes(stage.pid(name)) / 1e6));
    return { systems, answersMs, settledMs, ...commands, ...overviews, idle, watched, megabytes };
  } finally {
    server?.kill('SIGTERM');
    await stage.close();
  }
}

async function answers(stage: Stage): Promise<boolean> {
  return getOverview(stage).then(
    () => true,
    () => false,
  );
}

async function isSettled({ env }: Stage, systems: number): Promise<boolean> {
  const supervisor = connectSupervisor(readSetting(env).home.supervisorSocket);
  const held = await supervisor.wishes().catch(() => []);
  await new Promise((resolve) => setTimeout(resolve, 200));
  return held.length === systems;
}

/** The whole command, and beside it in the same rounds a program that does nothing on the same runtime. */
async function commandTimes(stage: Stage, rounds: number) {
  const times: Record<'status' | 'statusJson' | 'nothing', Times[]> = {
    status: [],
    statusJson: [],
    nothing: [],
  };
  for (let turn = 0; turn < rounds; turn++) {
    times.nothing.push(await timed(() => emptyProgram(stage)));
    times.status.push(await timed(() => stage.escale(['status'])));
    times.statusJson.push(await timed(() => stage.escale(['status', '--json'])));
  }
  return {
    status: medians(times.status),
    statusJson: medians(times.statusJson),
    nothing: medians(times.nothing),
  };
}

async function timed(work: () => Promise<unknown>): Promise<Times> {
  const [began, before] = [performance.now(), childrenCpuMs()];
  await work();
  return { ms: performance.now() - began, cpuMs: childrenCpuMs() - before };
}

function emptyProgram({ env }: Stage): Promise<void> {
  const child = spawn(process.execPath, ['-e', '0'], { env, stdio: 'ignore' });
  return new Promise((resolve) => child.once('close', () => resolve()));
}

async function overviewTimes(stage: Stage, rounds: number) {
  const pid = stage.pid('control-plane');
  const times: number[] = [];
  const before = cpuMs(pid);
  let bytes = 0;
  for (let turn = 0; turn < rounds; turn++) {
    const began = performance.now();
    bytes = (await getOverview(stage)).length;
    times.push(performance.now() - began);
  }
  const used = (cpuMs(pid) - before) / rounds;
  return { overviewMs: median(times), overviewCpuMs: used, overviewKilobytes: Math.round(bytes / 1000) };
}

/** The JSON text, over the control plane's own socket. */
function getOverview(stage: Stage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath: socketOf(stage), path: '/api/overview' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    request.once('error', reject);
  });
}

function socketOf({ env }: Stage): string {
  return readSetting(env).home.controlSocket;
}

/** Shares of one core over a while in which nobody asks for anything, percent. */
async function shares(stage: Stage, ms: number): Promise<Record<string, number>> {
  const used = () => byProcess((name) => cpuMs(stage.pid(name)));
  const [began, before] = [performance.now(), used()];
  await new Promise((resolve) => setTimeout(resolve, ms));
  const [after, passed] = [used(), performance.now() - began];
  return byProcess((name) => round((100 * (after[name]! - before[name]!)) / passed, 2));
}

/** The same while one page is open: it gets a picture every other second. */
async function watchedShares(stage: Stage, ms: number): Promise<Record<string, number>> {
  const page = http.get({ socketPath: socketOf(stage), path: '/api/stream' }, (response) =>
    response.resume(),
  );
  page.on('error', () => {});
  try {
    return await shares(stage, ms);
  } finally {
    page.destroy();
  }
}

function byProcess(value: (name: (typeof PROCESSES)[number]) => number): Record<string, number> {
  return Object.fromEntries(PROCESSES.map((name) => [name, value(name)]));
}

function medians(times: Times[]): Times {
  return {
    ms: Math.round(median(times.map(({ ms }) => ms))),
    cpuMs: Math.round(median(times.map((t) => t.cpuMs))),
  };
}

function printRow(row: Row): void {
  const perSystem = (ms: number) => `${(ms / row.systems).toFixed(3)} ms a system`;
  const percent = (share: Record<string, number>) =>
    PROCESSES.map((name) => `${name} ${share[name]} %`).join(', ');
  const { status, statusJson, nothing } = row;
  console.log(
    [
      `${row.systems} systems (load ${os.loadavg()[0]!.toFixed(1)})`,
      `  answers after ${Math.round(row.answersMs)} ms, all as wished after ${Math.round(row.settledMs)} ms`,
      `  escale status ${status.ms} ms (processor ${status.cpuMs} ms), --json ${statusJson.ms} (${statusJson.cpuMs}); an empty program ${nothing.ms} (${nothing.cpuMs})`,
      `  overview ${round(row.overviewMs)} ms (${perSystem(row.overviewMs)}), processor ${round(row.overviewCpuMs)} ms, ${row.overviewKilobytes} kB`,
      `  idle ${percent(row.idle)}`,
      `  with one page ${percent(row.watched)}`,
      `  memory ${PROCESSES.map((name) => `${name} ${row.megabytes[name]} MB`).join(', ')}`,
    ].join('\n'),
  );
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

function textOf(args: string[], name: string, otherwise: string): string {
  const index = args.indexOf(name);
  return index < 0 ? otherwise : args[index + 1]!;
}
