import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectGateway } from '../../src/gateway/index.ts';
import {
  cpuMicros,
  freePort,
  isInstalled,
  type LoadResult,
  listening,
  memoryOf,
  pinned,
  wrk,
} from './gateway/load.ts';
import { type BenchPlace, backendCommand, HOST, PROXIES, type ProxyUnderTest } from './gateway/proxies.ts';

const SIZES = ['1k', '100k'];

interface Result extends LoadResult {
  /** CPU time of the proxy for one request, microseconds: less disturbed by other work on the machine. */
  cpuMicros: number;
}

interface Running {
  proxy: ProxyUnderTest;
  place: BenchPlace;
  child: ChildProcess;
  results: Map<string, Result[]>;
}

/**
 * The gateway against HAProxy, nginx and Caddy: one core for the proxy, the other for wrk and the backend;
 * rounds in shuffled order, medians. `run([rounds, seconds])`. The last line printed is the JSON of all figures.
 */
export async function run(args: string[]): Promise<void> {
  const rounds = Number(args[0] ?? 5);
  const seconds = Number(args[1] ?? 3);
  if (!isInstalled('wrk') || !isInstalled('nginx') || !isInstalled('taskset')) {
    console.log(
      'SKIPPED: wrk (load), nginx-light (backend) and taskset are needed: apt-get install wrk nginx-light',
    );
    return;
  }
  // As in a system: types are stripped once, not by every process.
  process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'bench-gateway-compile-cache');
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const backendPort = await freePort();
  const backend = pinned(backendCommand({ folder, port: 0, backendPort }), 'other');
  await listening(backendPort);
  const running: Running[] = [];
  try {
    for (const proxy of PROXIES.filter(isPresent)) running.push(await start(proxy, folder, backendPort));
    const direct = await measureAll(running, { rounds, seconds, backendPort });
    report(running, direct);
  } finally {
    for (const child of [backend, ...running.map((each) => each.child)]) child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

function isPresent(proxy: ProxyUnderTest): boolean {
  const present = isInstalled(proxy.program);
  if (!present) console.log(`skipped: ${proxy.name} is not installed`);
  return present;
}

async function start(proxy: ProxyUnderTest, folder: string, backendPort: number): Promise<Running> {
  const place = { folder, port: await freePort(), backendPort };
  const child = pinned(proxy.command(place), 'proxy');
  await listening(place.port);
  if (proxy.name === 'escale') await configure(place);
  await wrk(place.port, '/1k', 1);
  return { proxy, place, child, results: new Map(SIZES.map((size) => [size, []])) };
}

async function configure({ folder, backendPort }: BenchPlace): Promise<void> {
  const traffic = connectGateway({ controlSocket: join(folder, 'control.sock') });
  const ready = new Promise<void>((resolve) =>
    traffic.onEvent((event) => event.type === 'readiness' && resolve()),
  );
  const service = 'bench/bench/web';
  await traffic.apply({
    version: 1,
    routes: [{ host: HOST, prefix: '/', service }],
    internal: [],
    services: [
      {
        key: service,
        instances: [
          { id: 'one', release: 1, rotation: 'in', address: { host: '127.0.0.1', port: backendPort } },
        ],
        probe: { path: '/1k', intervalMs: 1_000, timeoutMs: 1_000, failures: 3, stableMs: 0 },
        drain: { requestsMs: 1_000, upgradesMs: 1_000 },
        hold: { timeoutMs: 1_000, max: 100 },
        responseTimeoutMs: 30_000,
      },
    ],
  });
  await ready;
  traffic.close();
}

interface Plan {
  rounds: number;
  seconds: number;
  backendPort: number;
}

async function measureAll(
  running: Running[],
  { rounds, seconds, backendPort }: Plan,
): Promise<Record<string, number>> {
  const direct: Record<string, number> = {};
  for (const size of SIZES) direct[size] = (await wrk(backendPort, `/${size}`, seconds)).requestsPerSecond;
  for (let round = 1; round <= rounds; round++) {
    for (const size of SIZES) {
      for (const { proxy, place, child, results } of shuffled(running)) {
        const before = cpuMicros(child.pid!);
        const result = await wrk(place.port, `/${size}`, seconds);
        const cpu = (cpuMicros(child.pid!) - before) / result.requests;
        results.get(size)!.push({ ...result, cpuMicros: cpu });
        console.log(`round ${round} ${size} ${proxy.name}: ${Math.round(result.requestsPerSecond)}/s`);
      }
    }
  }
  return direct;
}

function report(running: Running[], direct: Record<string, number>): void {
  const figures: Record<string, Record<string, object>> = {};
  for (const size of SIZES) {
    const haproxy = running.find(({ proxy }) => proxy.name === 'haproxy');
    const base =
      haproxy === undefined ? null : median(haproxy.results.get(size)!.map((each) => each.requestsPerSecond));
    figures[size] = {};
    for (const { proxy, results } of running) figures[size][proxy.name] = summary(results.get(size)!, base);
  }
  const own = running.find(({ proxy }) => proxy.name === 'escale')!;
  const pssMb = memoryOf(own.child.pid!);
  console.log(
    `\nThe load generator and the backend alone: ${Math.round(direct['1k']!)}/s (1 KB), ${Math.round(direct['100k']!)}/s (100 KB)`,
  );
  for (const size of SIZES) console.table(figures[size]);
  console.log(JSON.stringify({ bench: 'gateway', connections: 64, direct, escalePssMb: pssMb, figures }));
}

function summary(results: Result[], base: number | null): object {
  const requestsPerSecond = median(results.map((each) => each.requestsPerSecond));
  return {
    requestsPerSecond: Math.round(requestsPerSecond),
    p99Ms: Math.round(median(results.map((each) => each.p99Ms)) * 100) / 100,
    cpuMicros: Math.round(median(results.map((each) => each.cpuMicros)) * 10) / 10,
    errors: results.reduce((sum, each) => sum + each.errors, 0),
    overHaproxy: base === null ? null : Math.round((requestsPerSecond / base) * 100) / 100,
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
