import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { globSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { AuditEntry, PipelineSummary, SystemView } from '../../src/server/index.ts';
import type { Prepared } from '../bench/load/index.ts';
import { type Escale, isAlive, jsonLines, kill, waitFor } from './escale.ts';
import { shopWith } from './pipeline-host.ts';
import { type Person, person, startServer, type WorkTree } from './team.ts';

const HOST = 'staging.shop.localhost';
const KILLS = Number(process.env.ESCALE_KILLS ?? 50);
/** Between the return of a control plane and its end, ms at most. */
const LONGEST_LIFE_MS = 2500;
const PATIENCE_MS = 120_000;

/** The word is its artifact, so that each commit is another release. */
function shop(word: string): Record<string, string> {
  const step = { test: { command: ['grep', word, 'server.js'] } };
  const files = shopWith(step, { environments: { staging: { branch: 'main' } } });
  return { ...files, 'server.js': files['server.js']!.replace('process.env.TEXT', `'${word}'`) };
}

test(`the control plane is killed with -9 at ${KILLS} random moments of pushes, pipelines and rollouts`, async (t) => {
  const seed = Number(process.env.ESCALE_SEED ?? randomBytes(4).readUInt32LE());
  t.diagnostic(`ESCALE_SEED=${seed}`);
  const random = randomNumbers(seed);
  const escale = await startServer(t);
  const ada = await person(escale, 'ada', 'deployer:*', 'admin:*');
  const tree = await ada.clone('shop');
  await tree.commit(shop('first'));
  assert.match((await tree.push()).said, /staging: promoted/);
  const load = escale.load(HOST, 20, visit);

  const killing = killAgainAndAgain(escale, random);
  const seen = new Seen(ada);
  const accepted = await pushUntil(killing.done, { escale, ada, tree, random, seen });
  await killing.done;
  const last = await pushLast({ escale, ada, tree });
  accepted.push(await tree.head());

  await seen.look();
  const runs = [...seen.runs.values()].filter(({ id }) => id > 1);
  const taken = commitsOf(escale);
  await t.test(`each of the ${taken.length} commits that main ever had has one run, which ended`, () => {
    for (const commit of taken) {
      const own = runs.filter((run) => run.commit === commit);
      assert.deepEqual([commit, own.length], [commit, 1], `${own.map(({ id }) => id)}`);
    }
    const states = Object.groupBy(runs, ({ state }) => state);
    const told = Object.entries(states).map(([state, all]) => `${all.length} ${state}`);
    t.diagnostic(`${accepted.length} pushes that git said were taken; runs: ${told.join(', ')}`);
    const others = runs.filter(({ state }) => state !== 'succeeded' && state !== 'cancelled');
    assert.deepEqual(others, []);
  });

  await t.test('every push that git said was taken is one of them', () => {
    assert.deepEqual(
      accepted.filter((commit) => !taken.includes(commit)),
      [],
    );
  });

  await t.test('each release was made once, of its own commit, and staging has the newest', async () => {
    const made = runs.flatMap(({ release, commit }) => (release === null ? [] : [`${release} ${commit}`]));
    assert.equal(new Set(made.map((word) => word.split(' ')[0])).size, made.length, made.join('\n'));
    const view = await readyView(escale);
    assert.equal(await escale.body(HOST), last);
    assert.equal(view.releases.find(({ current }) => current)?.commit, await tree.head());
    assert.equal(view.services[0]!.instances.length, 1);
    assert.deepEqual(
      view.rollouts.filter(({ state }) => state === 'running'),
      [],
    );
  });

  await t.test('the audit log has the pushes', async () => {
    const entries = jsonLines<AuditEntry>((await escale.must(['audit', '--json', '-n', '500'])).stdout);
    const pushes = entries.filter(({ who, action }) => who === 'ada' && action === 'push');
    assert.ok(pushes.length > accepted.length, `${pushes.length} entries`);
  });

  await t.test('the repository is sound, and nothing is left over', async () => {
    assertSound(escale);
    await waitFor('runs are cleaned away', () => workFolders(escale).length === 0);
  });

  await t.test('no request failed', async () => {
    const { failures, total, maxLagMs } = await load.stop();
    t.diagnostic(`${total.ok} requests; the load itself was ${Math.round(maxLagMs)} ms late at worst`);
    assert.deepEqual(failures, []);
  });
});

/** Every run that there ever was, as it was seen last: a fast machine makes more of them than are kept. */
class Seen {
  readonly runs = new Map<number, PipelineSummary>();
  private readonly ada: Person;

  constructor(ada: Person) {
    this.ada = ada;
  }

  async look(): Promise<void> {
    for (const run of await this.ada.get<PipelineSummary[]>('/api/pipelines?most=200'))
      this.runs.set(run.id, run);
  }
}

interface Scene {
  escale: Escale;
  ada: Person;
  tree: WorkTree;
}

/** Kills whichever control plane there is, some time after it has come back. */
function killAgainAndAgain(escale: Escale, random: () => number): { done: Promise<void> } {
  const work = async () => {
    for (let killed = 0; killed < KILLS; killed++) {
      await isBack(escale);
      // The moment is what is tested: nothing is waited for here.
      await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_LIFE_MS));
      const pid = escale.pid('control-plane');
      kill(pid);
      await waitFor('another one is there', () => !isAlive(pid) && escale.pid('control-plane') !== pid);
    }
  };
  return { done: work() };
}

async function isBack(escale: Escale): Promise<void> {
  const answers = async () => (await escale.request('escale.localhost', '/')).status < 500;
  await waitFor('the control plane answers', answers, PATIENCE_MS);
}

/** Pushes one commit after the other. Those that git said were taken; after half of them their run is waited for. */
async function pushUntil(
  done: Promise<void>,
  { escale, ada, tree, random, seen }: Scene & { random: () => number; seen: Seen },
): Promise<string[]> {
  const accepted: string[] = [];
  let isDone = false;
  void done.then(() => {
    isDone = true;
  });
  for (let count = 1; !isDone; count++) {
    await isBack(escale);
    const commit = await tree.commit(shop(`word${count}`));
    if (isTaken(await tree.push())) accepted.push(commit);
    await seen.look().catch(() => {});
    // What is killed again and again may never end: it is not waited for longer than that goes on.
    if (random() < 0.5) await Promise.race([done, allEnded(ada).catch(() => {})]);
  }
  return accepted;
}

/** Only a line of git's own says so: it may end badly later, when what it shows of the pipeline ends in the middle. */
function isTaken({ said }: { said: string }): boolean {
  return /^ .* HEAD -> main$/m.test(said) && !/\[(remote )?rejected\]/.test(said);
}

async function pushLast({ escale, ada, tree }: Scene): Promise<string> {
  await isBack(escale);
  await tree.commit(shop('last'));
  const { code, said } = await tree.push();
  assert.equal(code, 0, said);
  await allEnded(ada);
  return 'last';
}

async function allEnded(ada: Person): Promise<void> {
  const states = async () => (await ada.get<PipelineSummary[]>('/api/pipelines')).map(({ state }) => state);
  const isOpen = (state: string) => state === 'waiting' || state === 'running';
  await waitFor('every run has ended', async () => !(await states()).some(isOpen), PATIENCE_MS);
}

async function readyView(escale: Escale): Promise<SystemView> {
  return waitFor('staging is ready', async () => {
    const view = await escale.systemView('shop');
    return view.state === 'ready' ? view : null;
  });
}

/** Every commit that the server's main was set to, after the first one. */
function commitsOf(escale: Escale): string[] {
  const log = readFileSync(path.join(escale.home, 'repositories/shop.git/logs/refs/heads/main'), 'utf8');
  return log
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1]!)
    .slice(1);
}

function assertSound(escale: Escale): void {
  const folder = path.join(escale.home, 'repositories', 'shop.git');
  execFileSync('git', ['fsck', '--full', '--strict'], { cwd: folder, stdio: 'pipe' });
  assert.deepEqual(globSync('**/*.lock', { cwd: folder }), []);
  assert.deepEqual(globSync('objects/tmp_*', { cwd: folder }), []);
}

function workFolders(escale: Escale): string[] {
  return globSync('*/{work,pristine,tools}', { cwd: path.join(escale.home, 'pipelines') });
}

function visit(): Prepared {
  const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  return { name: 'read', idempotent: true, reuses: true, bytes, expected: null };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('git itself is killed with -9 in the middle of a large push', async (t) => {
  const escale = await startServer(t);
  const ada = await person(escale, 'ada', 'deployer:*');
  const tree = await ada.clone('shop');
  await tree.commit(shop('small'));
  await tree.push();
  await tree.commit({ ...shop('large'), 'large.bin': randomBytes(24 << 20) });

  await t.test('the push fails, and nothing of it is there', async () => {
    const pushing = tree.push();
    process.kill(await takerOf(escale), 'SIGKILL');
    const { code, said } = await pushing;
    assert.notEqual(code, 0, said);
    assert.match(said, /git was ended in the middle of it: push again/);
    assert.match(await tree.must('ls-remote', 'escale', 'main'), new RegExp(await parentOf(tree)));
    assertSound(escale);
    assert.equal(await escale.body(HOST), 'small');
  });

  await t.test('the control plane is killed, too, while git goes on: what it does is not lost', async () => {
    const pushing = tree.push();
    await takerOf(escale);
    kill(escale.pid('control-plane'));
    await pushing;
    await isBack(escale);
    await waitFor('git has ended', () => takers(escale).length === 0);
    assertSound(escale);
  });

  await t.test('the same push works', async () => {
    const { code, said } = await tree.push();
    assert.equal(code, 0, said);
    await allEnded(ada);
    assert.equal(await escale.body(HOST), 'large');
    const runs = await ada.get<PipelineSummary[]>('/api/pipelines');
    const head = await tree.head();
    assert.equal(runs.filter(({ commit }) => commit === head).length, 1);
    assertSound(escale);
  });
});

async function parentOf(tree: WorkTree): Promise<string> {
  return (await tree.must('rev-parse', 'HEAD~1')).trim();
}

/** The git that takes a push, once it has begun to write objects down. */
function takerOf(escale: Escale): Promise<number> {
  const objects = path.join(escale.home, 'repositories', 'shop.git', 'objects');
  return waitFor('git takes the push', () => {
    const writes = readdirSync(objects).some((name) => name.startsWith('tmp_objdir-'));
    return writes ? takers(escale)[0] : null;
  });
}

function takers(escale: Escale): number[] {
  const folder = path.join(escale.home, 'repositories', 'shop.git');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isTakingIn(pid, folder));
}

function isTakingIn(pid: number, folder: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.includes('receive-pack') && readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
}
