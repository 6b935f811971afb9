import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { testRegistry } from '../kubernetes/cluster.ts';
import { type LoadResult, type RunningLoad, report, runLoad, type Target } from './load/index.ts';
import { makeStage, numberOf, type Stage, until } from './stage.ts';

const runFile = promisify(execFile);
const NAMESPACE = 'loaded-production';
const MIX = { 'kept-alive': 60, echo: 25, 'new-connection': 10, chunked: 5 };
const SOCKETS = 10;

/**
 * A constant load on hello in the cluster of the current kubeconfig, through the gateway's port of one node, while it is
 * updated, scaled, rolled back, its gateways restarted and nodes emptied: nothing may fail. Where there are commands that
 * switch a node off and on, that follows: the loss is counted, and so is the time until the gateway has left the node.
 *   ESCALE_TEST_REGISTRY=http://10.0.0.1:5000/escale npm run bench -- kubernetes [--requests 50000] [--rate 300]
 *     [--node-off 'COMMAND {}' --node-on 'COMMAND {}']
 */
export async function run(args: string[]): Promise<void> {
  const requests = numberOf(args, '--requests', 50_000);
  const rate = numberOf(args, '--rate', 300);
  const power = powerOf(args);
  const stage = await makeStage('kubernetes');
  try {
    await deployed(stage);
    const nodes = await nodesNow();
    const target = await entryAt(nodes[0]!);
    const calm = await underLoad({ target, rate, requests }, careful(stage, nodes));
    report('updates, scaling, rollback, gateways restarted, nodes emptied', calm);
    const off = power === null ? null : await nodeOff({ stage, target, rate, nodes, power });
    const figures = { requests: calm.total.sent, failed: calm.total.failed, p99Ms: calm.total.latencyMs.p99 };
    console.log(JSON.stringify({ bench: 'kubernetes', ...figures, nodeOff: off, loadAverage: os.loadavg() }));
    if (calm.total.failed > 0) process.exitCode = 1;
  } finally {
    await stage.escale(['down', 'loaded', '-e', 'production'], { mayFail: true });
    await kubectl('delete', 'namespace', NAMESPACE, '--wait=false', '--ignore-not-found');
    await stage.close();
  }
}

async function deployed(stage: Stage): Promise<void> {
  const { registry, repository, plainHttp } = testRegistry();
  const file = path.join(stage.hello, 'escale.config.ts');
  const text = readFileSync(file, 'utf8')
    .replace("name: 'hello'", "name: 'loaded'")
    .replace('production: {', "production: {\n      target: 'cluster',");
  writeFileSync(file, text);
  const { stdout } = await kubectl('config', 'current-context');
  const place = ['--registry', `${registry}/${repository}`, ...(plainHttp ? ['--plain-http'] : [])];
  await stage.escale(['target', 'add', 'cluster', `kubernetes://${stdout.trim()}`, ...place]);
  await stage.escale(['deploy', stage.hello, '-e', 'production']);
}

interface Node {
  name: string;
  address: string;
}

async function nodesNow(): Promise<Node[]> {
  const { items } = await asked('get', 'nodes');
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    address: status.addresses.find(({ type }) => type === 'InternalIP')!.address,
  }));
}

async function entryAt({ address }: Node): Promise<Target> {
  const { stdout } = await kubectl(
    ...['get', 'service', 'gateway', '-n', NAMESPACE, '-o', 'jsonpath={.spec.ports[0].nodePort}'],
  );
  return { host: address, port: Number(stdout), hostHeader: `${address}:${stdout}` };
}

interface Amount {
  target: Target;
  rate: number;
  requests: number;
}

async function underLoad(
  { target, rate, requests }: Amount,
  steps: (load: RunningLoad) => Promise<void>,
): Promise<LoadResult> {
  const load = runLoad({ target, rate, mix: MIX, websockets: SOCKETS });
  await steps(load);
  const isSent = () => load.snapshot().total.sent >= requests;
  await until('all requests sent', isSent, 60_000 + (2000 * requests) / rate);
  return load.stop();
}

/** What must lose nothing. */
function careful(stage: Stage, [entry, other]: Node[]): (load: RunningLoad) => Promise<void> {
  return async (load) => {
    const step = stepper(load);
    const update = async () => {
      stage.changeHello();
      await stage.escale(['deploy', stage.hello, '-e', 'production']);
    };
    await step('rolling update', update);
    await step('scale 3 → 6', () => stage.escale(['scale', 'loaded/web=6', '-e', 'production']));
    await step('scale 6 → 3', () => stage.escale(['scale', 'loaded/web=3', '-e', 'production']));
    await step('rollback', () => stage.escale(['rollback', 'loaded', '-e', 'production']));
    await step('every gateway restarted', async () => {
      await kubectl('rollout', 'restart', 'daemonset/gateway', '-n', NAMESPACE);
      await kubectl('rollout', 'status', 'daemonset/gateway', '-n', NAMESPACE, '--timeout=180s');
    });
    await step('the gateway of the entry deleted', async () => {
      await kubectl(
        ...['delete', 'pod', '-n', NAMESPACE, '-l', 'app.kubernetes.io/name=gateway'],
        ...['--field-selector', `spec.nodeName=${entry!.name}`],
      );
      await kubectl('rollout', 'status', 'daemonset/gateway', '-n', NAMESPACE, '--timeout=180s');
    });
    for (const node of [other, entry]) {
      await step(`${node!.name} emptied, and back`, async () => {
        await kubectl('drain', node!.name, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=180s');
        await kubectl('rollout', 'status', 'deployment/web', '-n', NAMESPACE, '--timeout=180s');
        await kubectl('uncordon', node!.name);
      });
    }
    await step('rolling update', update);
  };
}

function stepper(load: RunningLoad): (name: string, work: () => Promise<unknown>) => Promise<void> {
  return async (name, work) => {
    const began = performance.now();
    await work();
    const { sent, failed } = load.snapshot().total;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`  ${name}: ${seconds} s (${sent} sent, ${failed} failed)`);
  };
}

interface Power {
  off: (node: string) => Promise<unknown>;
  on: (node: string) => Promise<unknown>;
}

function powerOf(args: string[]): Power | null {
  const [off, on] = ['--node-off', '--node-on'].map((name) =>
    args.includes(name) ? args[args.indexOf(name) + 1]! : null,
  );
  if (!off || !on) return null;
  const command = (words: string) => (node: string) => {
    const [program, ...rest] = words.split(' ').map((word) => word.replaceAll('{}', node));
    return runFile(program!, rest);
  };
  return { off: command(off), on: command(on) };
}

interface PowerWish {
  stage: Stage;
  target: Target;
  rate: number;
  nodes: Node[];
  power: Power;
}

/** One node off, load through another one; then a second one. */
async function nodeOff({ stage, target, rate, nodes, power }: PowerWish) {
  const [, second, third] = nodes;
  await until('an instance on each node', async () => (await nodesOfWeb()).size === nodes.length);
  const notReady = { ms: 0 };
  const began = { at: 0 };
  const lost = await underLoad({ target, rate, requests: 50_000 }, async (load) => {
    const step = stepper(load);
    await pause(5000);
    began.at = Date.now();
    await step(`${third!.name} off`, () => power.off(third!.name));
    await step('the cluster has noticed', async () => {
      await until('not ready', () => isReady(third!).then((ready) => !ready), 180_000);
      notReady.ms = Date.now() - began.at;
    });
    await step('full strength again', () =>
      until('three instances', async () => (await readyOfWeb()) === 3, 600_000),
    );
  });
  report(`${third!.name} without power`, lost);
  const last = Math.max(0, ...lost.failures.map(({ at }) => at - began.at));
  const slow = lost.total.latencyMs;
  await power.off(second!.name);
  const answers = await answered(target);
  console.log(`  ${second!.name} off as well: ${answers} of 20 requests answered`);
  await Promise.all([power.on(second!.name), power.on(third!.name)]);
  await until(
    'all nodes are back',
    async () => (await Promise.all(nodes.map(isReady))).every((ready) => ready),
    300_000,
  );
  await until(
    'all of it is ready',
    async () => {
      const { stdout } = await stage.escale(['status', '--json'], { mayFail: true });
      return JSON.parse(stdout || '{}').systems?.[0]?.state === 'ready';
    },
    300_000,
  );
  return {
    ...{ requests: lost.total.sent, failed: lost.total.failed, failedByKind: lost.failuresByKind },
    ...{ lastFailureMs: last, clusterNoticedMs: notReady.ms, p99Ms: slow.p99, maxMs: slow.max },
    answersWithTwoOff: `${answers}/20`,
  };
}

async function answered({ host, port }: Target): Promise<number> {
  const asks = Array.from({ length: 20 }, () =>
    fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(10_000) }).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  return (await Promise.all(asks)).filter((isGood) => isGood).length;
}

interface Listed {
  items: {
    metadata: { name: string; deletionTimestamp?: string };
    spec: { nodeName?: string };
    status: {
      addresses: { type: string; address: string }[];
      conditions?: { type: string; status: string }[];
    };
  }[];
}

async function asked(...words: string[]): Promise<Listed> {
  return JSON.parse((await kubectl(...words, '-o', 'json')).stdout) as Listed;
}

async function isReady({ name }: Node): Promise<boolean> {
  const { items } = await asked('get', 'nodes');
  return items.some(({ metadata, status }) => metadata.name === name && hasReady(status));
}

function hasReady({ conditions = [] }: Listed['items'][number]['status']): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

async function podsOfWeb(): Promise<Listed['items']> {
  const { items } = await asked('get', 'pods', '-n', NAMESPACE, '-l', 'app.kubernetes.io/name=web');
  return items.filter(({ metadata, status }) => !metadata.deletionTimestamp && hasReady(status));
}

async function readyOfWeb(): Promise<number> {
  return (await podsOfWeb()).length;
}

async function nodesOfWeb(): Promise<Set<string | undefined>> {
  return new Set((await podsOfWeb()).map(({ spec }) => spec.nodeName));
}

function kubectl(...words: string[]): Promise<{ stdout: string }> {
  return runFile('kubectl', words, { maxBuffer: 64 << 20 });
}
