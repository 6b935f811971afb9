import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { connectControlPlane } from '../../src/server/index.ts';
import { readSetting } from '../../src/server/processes/setting.ts';
import { type HelloRepository, makeRepository } from './delivery/repository.ts';
import { type UsualScript, usualScript } from './delivery/usual-script.ts';
import { makeStage, median, type Stage, until } from './stage.ts';

const INSTANCES = 3;
/** So many answers of the new version one after the other: no instance of the old one is asked any more. */
const IN_A_ROW = 4 * INSTANCES;

/**
 * `git push` of one changed file of hello, its tests included, to every answer new; beside it, in the same rounds, the
 * usual script: `npm ci`, the same tests, `pm2 reload`.
 *   npm run bench -- delivery [--rounds 5] [--no-pm2]
 */
export async function run(args: string[]): Promise<void> {
  const rounds = Number(args.includes('--rounds') ? args[args.indexOf('--rounds') + 1] : 5);
  const stage = await makeStage('delivery');
  const server = stage.serve();
  let script: UsualScript | null = null;
  try {
    const repository = await makeRepository(path.join(stage.folder, 'hello'));
    await connect(stage, repository);
    await first(stage, repository);
    if (!args.includes('--no-pm2'))
      script = await usualScript(path.join(stage.folder, 'pm2'), repository.folder, INSTANCES);
    const [ours, theirs]: [Round[], Round[]] = [[], []];
    for (let round = 1; round <= rounds; round++) {
      const message = `round ${round}`;
      await repository.change(message);
      await taken(ours, () => pushed(stage, repository, message));
      await taken(theirs, () => (script === null ? null : scripted(script, message)));
      for (const [name, all] of [
        ['git push', ours],
        ['usual script', theirs],
      ] as const)
        if (all.length > 0) console.log(`  ${round}: ${name} ${text(all.at(-1)!)}`);
    }
    report(ours, theirs);
  } finally {
    await script?.close();
    server.kill('SIGTERM');
    await stage.close();
  }
}

interface Round {
  /** To every answer new. */
  ms: number;
  steps: Record<string, number>;
}

/** On a machine that is busy a test of hello may fail: what refuses to deliver is told and left out. */
async function taken(rounds: Round[], work: () => Promise<Round> | null): Promise<void> {
  try {
    const round = await work();
    if (round !== null) rounds.push(round);
  } catch (error) {
    console.log(`  left out: ${(error as Error).message.split('\n')[0]}`);
  }
}

async function first(stage: Stage, repository: HelloRepository): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    await repository.change(`attempt ${attempt}`);
    const rounds: Round[] = [];
    await taken(rounds, () => pushed(stage, repository, `attempt ${attempt}`));
    if (rounds.length > 0) return console.log(`  first: git push ${text(rounds[0]!)}`);
  }
  throw new Error('hello was not delivered');
}

async function connect(stage: Stage, { git }: HelloRepository): Promise<void> {
  const { home } = readSetting(stage.env);
  const client = connectControlPlane(home.controlSocket);
  await until('the API answers', () =>
    client.hello().then(
      () => true,
      () => false,
    ),
  );
  await client.addUser('ada', [{ role: 'deployer', environment: 'staging' }]);
  const { word } = await client.createToken({ user: 'ada', name: 'bench', scope: null, days: null });
  await git('remote', 'add', 'escale', `http://ada:${word}@escale.localhost:${stage.httpPort}/git/hello`);
}

async function pushed(stage: Stage, { git }: HelloRepository, message: string): Promise<Round> {
  const began = performance.now();
  const delivered = new AbortController();
  const push = git('push', '--quiet', 'escale', 'main').then(() => mustSucceed(stage));
  const seen = untilOnly(
    message,
    { port: stage.httpPort, host: 'staging.hello.localhost' },
    delivered.signal,
  );
  const times = Promise.all([seen, push].map((one) => one.then(() => performance.now() - began)));
  const [ms, pushMs] = await times.finally(() => delivered.abort());
  return { ms: ms!, steps: { ...(await stepsOf(stage)), 'push ended after': pushMs! } };
}

async function mustSucceed(stage: Stage): Promise<void> {
  const client = connectControlPlane(readSetting(stage.env).home.controlSocket);
  const [run] = await client.pipelines('hello');
  if (run?.state !== 'succeeded') throw new Error(`pipeline run ${run?.id}: ${run?.state} ${run?.reason}`);
}

async function scripted(script: UsualScript, message: string): Promise<Round> {
  const began = performance.now();
  const steps = await script.deliver();
  await untilOnly(message, { port: script.port, host: 'hello.localhost' });
  return { ms: performance.now() - began, steps };
}

async function untilOnly(
  message: string,
  at: { port: number; host: string },
  stop?: AbortSignal,
): Promise<void> {
  let row = 0;
  await until(
    `only "${message}" is answered`,
    async () => {
      row = (await messageOf(at)) === message ? row + 1 : 0;
      return row >= IN_A_ROW || stop?.aborted === true;
    },
    600_000,
  );
}

/** Each on a connection of its own; null while nothing answers. */
function messageOf({ port, host }: { port: number; host: string }): Promise<string | null> {
  return new Promise((resolve) => {
    const address = { host: '127.0.0.1', port, path: '/api/info', headers: { host }, agent: false };
    const request = http.get(address, (response) => {
      const chunks: string[] = [];
      response.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve(response.statusCode === 200 ? JSON.parse(chunks.join('')).message : null),
      );
    });
    request.on('error', () => resolve(null));
  });
}

/** Of the newest run: how long each step took, and how long it took after the run was asked for until it began, ms. */
async function stepsOf(stage: Stage): Promise<Record<string, number>> {
  const client = connectControlPlane(readSetting(stage.env).home.controlSocket);
  const [{ id } = { id: 0 }] = await client.pipelines('hello');
  const { steps, createdAt } = await client.pipeline(id);
  const began = steps.map(({ name, startedAt }) => [`${name} began after`, (startedAt ?? 0) - createdAt]);
  const took = steps.map(({ name, startedAt, endedAt }) => [name, (endedAt ?? 0) - (startedAt ?? 0)]);
  return Object.fromEntries([...took, ...began]);
}

function report(ours: Round[], theirs: Round[]): void {
  const push = summary(ours);
  const script = theirs.length === 0 ? null : summary(theirs);
  const ratio = script && hundredths(push.ms / script.ms);
  const ratioWithoutTests = script && hundredths(withoutTests(push) / withoutTests(script));
  console.log(`git push      ${text(push)}`);
  if (script !== null)
    console.log(
      `usual script  ${text(script)}\nratio         ${ratio}, without the tests ${ratioWithoutTests}`,
    );
  const loadAverage = os.loadavg().map((load) => Math.round(load * 10) / 10);
  console.log(
    JSON.stringify({
      bench: 'delivery',
      rounds: ours.length,
      push,
      script,
      ratio,
      ratioWithoutTests,
      loadAverage,
    }),
  );
}

/** Steps of a pipeline are the last to get processor time: where others want it, too, tests take longer there. */
function withoutTests({ ms, steps }: Round): number {
  return ms - (steps.test ?? 0);
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}

function summary(rounds: Round[]): Round {
  const names = Object.keys(rounds[0]?.steps ?? {});
  const steps = names.map((name) => [
    name,
    Math.round(median(rounds.map((round) => round.steps[name] ?? 0))),
  ]);
  return { ms: Math.round(median(rounds.map(({ ms }) => ms))), steps: Object.fromEntries(steps) };
}

function text({ ms, steps }: Round): string {
  const parts = Object.entries(steps).map(([name, took]) => `${name} ${took}`);
  return `${(ms / 1000).toFixed(1)} s (ms: ${parts.join(', ')})`;
}
