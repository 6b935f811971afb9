import os from 'node:os';
import { testDocker } from '../docker/dockerd.ts';
import { type LoadResult, type RunningLoad, report, runLoad, type Target } from './load/index.ts';
import { makeStage, numberOf, type Stage, until } from './stage.ts';
import { pm2Reload } from './zero-loss/pm2.ts';

/**
 * A constant load on hello while it is updated, scaled and rolled back, and while Escale's own processes are killed:
 * nothing may fail. Then what may fail: instances and the gateway killed, the loss counted and listed.
 *   npm run bench -- zero-loss [--requests 100000] [--rate 700] [--no-pm2] [--engine docker]
 */
export async function run(args: string[]): Promise<void> {
  const requests = numberOf(args, '--requests', 100_000);
  const rate = numberOf(args, '--rate', 700);
  const engine = args.includes('--engine') ? args[args.indexOf('--engine') + 1]! : 'process';
  const stage = await makeStage('zero-loss', engine === 'docker' ? await dockerEnvironment() : {});
  try {
    await stage.escale(['deploy', stage.hello]);
    const calm = await underLoad(stage, { rate, requests }, careful(stage));
    report('updates, scaling, rollback, control plane and supervisor killed', calm);
    const killed = await underLoad(stage, { rate, requests: rate * 20 }, killInstances(stage));
    report('instances killed with -9', killed);
    const gateway = await underLoad(stage, { rate, requests: rate * 12 }, killGateway(stage));
    report('the gateway killed with -9', gateway);
    const pm2 =
      args.includes('--no-pm2') || engine === 'docker' ? null : await overPm2(stage, { rate, requests });
    if (pm2 !== null) report('the same load over `pm2 reload`', pm2);
    console.log(JSON.stringify({ engine, ...figures({ calm, killed, gateway, pm2 }) }));
    if (calm.total.failed > 0) process.exitCode = 1;
  } finally {
    await stage.close();
  }
}

/** A dockerd of the bench's own, unless another one is named. */
async function dockerEnvironment(): Promise<NodeJS.ProcessEnv> {
  const { DOCKER_HOST } = process.env;
  if (DOCKER_HOST !== undefined) return { ESCALE_ENGINE: 'docker', DOCKER_HOST };
  const { socket, base } = await testDocker();
  return { ESCALE_ENGINE: 'docker', DOCKER_HOST: `unix://${socket}`, ESCALE_IMAGE_BASE: base };
}

const MIX = { 'kept-alive': 60, echo: 25, 'new-connection': 10, chunked: 5 };
const SOCKETS = 20;

async function underLoad(
  stage: Stage,
  { rate, requests }: { rate: number; requests: number },
  steps: (load: RunningLoad) => Promise<void>,
): Promise<LoadResult> {
  const target = { host: '127.0.0.1', port: stage.httpPort, hostHeader: 'hello.localhost' };
  const load = runLoad({ target, rate, mix: MIX, websockets: SOCKETS });
  await steps(load);
  await until(
    'all requests sent',
    () => load.snapshot().total.sent >= requests,
    longestMs({ rate, requests }),
  );
  return load.stop();
}

/** Twice the time that so many requests need when none is late. */
function longestMs({ rate, requests }: { rate: number; requests: number }): number {
  return 60_000 + (2000 * requests) / rate;
}

/** Nothing of Escale runs meanwhile: two cores are few. */
async function overPm2(stage: Stage, amount: { rate: number; requests: number }): Promise<LoadResult | null> {
  await stage.escale(['down', '--all']);
  const start = (target: Target) => runLoad({ target, rate: amount.rate, mix: MIX, websockets: SOCKETS });
  return pm2Reload(stage, { start, requests: amount.requests, longestMs: longestMs(amount) });
}

/** What must lose nothing. */
function careful(stage: Stage): (load: RunningLoad) => Promise<void> {
  return async (load) => {
    const step = async (name: string, work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      const { sent, failed } = load.snapshot().total;
      console.log(
        `  ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s (${sent} sent, ${failed} failed)`,
      );
    };
    for (const update of [1, 2, 3])
      await step(`rolling update ${update}`, () => {
        stage.changeHello();
        return stage.escale(['deploy', stage.hello]);
      });
    await step('scale 3 → 6', () => stage.escale(['scale', 'hello/web=6']));
    await step('scale 6 → 2', () => stage.escale(['scale', 'hello/web=2']));
    await step('rollback', () => stage.escale(['rollback', 'hello']));
    for (const name of ['control-plane', 'supervisor'] as const)
      await step(`${name} killed with -9 and back`, () => killAndWait(stage, name));
    await step('rolling update after that', () => {
      stage.changeHello();
      return stage.escale(['deploy', stage.hello]);
    });
  };
}

function killInstances(stage: Stage): (load: RunningLoad) => Promise<void> {
  return async () => {
    await stage.escale(['scale', 'hello/web=3']);
    for (let round = 0; round < 5; round++) {
      const before = await instances(stage);
      process.kill(before[0]!.pid, 'SIGKILL');
      const began = performance.now();
      await until('an instance in its place', async () => {
        const now = await instances(stage);
        return (
          now.filter((i) => i.state === 'ready').length === 3 && !now.some((i) => i.id === before[0]!.id)
        );
      });
      console.log(
        `  ${before[0]!.id} killed, replaced and ready after ${Math.round(performance.now() - began)} ms`,
      );
    }
  };
}

let gatewayBackMs = 0;

function killGateway(stage: Stage): (load: RunningLoad) => Promise<void> {
  return async () => {
    const began = performance.now();
    await killAndWait(stage, 'gateway');
    await until('an answer', () => answers(stage));
    gatewayBackMs = Math.round(performance.now() - began);
    console.log(`  gateway killed, answering again after ${gatewayBackMs} ms`);
  };
}

async function killAndWait(stage: Stage, name: 'control-plane' | 'supervisor' | 'gateway'): Promise<void> {
  const pid = stage.pid(name);
  process.kill(pid, 'SIGKILL');
  await until(`${name} is back`, () => stage.pid(name) !== pid);
  await until('everything is ready', async () => {
    const status = await stage.escale(['status', '--json'], { mayFail: true });
    const { systems = [], host } = status.code === 0 ? JSON.parse(status.stdout) : {};
    return systems[0]?.state === 'ready' && host?.gateway.connected;
  });
}

async function instances(stage: Stage): Promise<{ id: string; pid: number; state: string }[]> {
  const { systems } = JSON.parse((await stage.escale(['status', '--json'])).stdout);
  return systems[0].services[0].instances;
}

async function answers(stage: Stage): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${stage.httpPort}/`, {
    headers: { host: 'hello.localhost' },
  }).catch(() => null);
  return response !== null;
}

function figures(results: {
  calm: LoadResult;
  killed: LoadResult;
  gateway: LoadResult;
  pm2: LoadResult | null;
}) {
  const retryable = (result: LoadResult) =>
    result.failures.filter((f) => f.idempotent && f.request !== 'chunked').length;
  const abrupt = (result: LoadResult) =>
    result.sockets.ends.filter((end) => !end.byClient && end.code === 1006).length;
  return {
    bench: 'zero-loss',
    requests: results.calm.total.sent,
    failed: results.calm.total.failed,
    abruptWebSockets: abrupt(results.calm),
    p99Ms: results.calm.total.latencyMs.p99,
    instanceKills: {
      requests: results.killed.total.sent,
      failed: results.killed.total.failed,
      failedThoughRetryable: retryable(results.killed),
    },
    gatewayKill: { backMs: gatewayBackMs, failed: results.gateway.total.failed },
    pm2: results.pm2 && {
      requests: results.pm2.total.sent,
      failed: results.pm2.total.failed,
      abruptWebSockets: abrupt(results.pm2),
      p99Ms: results.pm2.total.latencyMs.p99,
    },
    loadAverage: os.loadavg().map((load) => Math.round(load * 10) / 10),
  };
}
