import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ArtifactStore } from '../../../src/delivery/index.ts';
import { readSetting } from '../../../src/server/processes/setting.ts';
import { type Rollout, Store } from '../../../src/server/store/index.ts';

const RELEASES = 5;
const FILES = 12;
/** Systems that share an artifact: making one for each would be most of the bench. */
const ARTIFACTS = 100;
const DAY_MS = 86_400_000;

/**
 * Systems as they are after five releases each, written into the store of a home where nothing runs: two services, a
 * scheduled job, a route and a secret-free environment; up, with no instance of anything.
 */
export async function writeRecords(env: NodeJS.ProcessEnv, systems: number): Promise<void> {
  const { home } = readSetting(env);
  const artifacts = await makeArtifacts(env);
  const store = new Store(home.store);
  store.transaction(() => {
    for (let index = 0; index < systems; index++)
      writeSystem(store, `system-${index}`, artifacts[index % artifacts.length]!);
  });
  store.close();
}

async function makeArtifacts(env: NodeJS.ProcessEnv): Promise<string[]> {
  const { home } = readSetting(env);
  const installer = { packages: home.packages, programFolders: [], say: () => {} };
  const store = new ArtifactStore({
    folder: home.artifacts,
    cache: path.join(home.cache, 'digests'),
    installer,
  });
  const digests: string[] = [];
  const source = mkdtempSync(path.join(home.cache, 'source-'));
  for (let index = 0; index < ARTIFACTS; index++) {
    const folder = path.join(source, String(index));
    mkdirSync(folder);
    for (let file = 0; file < FILES; file++)
      writeFileSync(path.join(folder, `part-${file}.js`), `// ${index}\n`.repeat(100));
    const draft = await store.draft({ folder, top: folder, static: false });
    await store.prepare(draft);
    digests.push(draft.digest);
  }
  rmSync(source, { recursive: true, force: true });
  return digests;
}

function writeSystem(store: Store, system: string, artifact: string): void {
  const place = { system, environment: 'local' };
  const artifacts = { web: artifact, worker: artifact, clean: artifact };
  let newest = 0;
  for (let release = 1; release <= RELEASES; release++) {
    const at = Date.now() - (RELEASES - release + 1) * DAY_MS;
    const commit = String(release).padStart(40, 'c');
    store.addRelease(system, release, { commit, dev: false, model: fileOf(system, release), artifacts }, at);
    newest = store.nextRolloutId();
    store.addRollout(rolloutOf(place, release, { id: newest, at, artifact }), newest);
    store.saveProgress({
      ...rolloutOf(place, release, { id: newest, at, artifact }),
      id: newest,
      endedAt: at + 9000,
    });
    store.addEvent({
      at,
      type: 'rollout-promoted',
      ...place,
      service: '',
      instance: '',
      release,
      message: `release ${release}`,
    });
  }
  const wanted = wantedBy(RELEASES, newest);
  store.saveDeployment({ ...place, folder: '', release: RELEASES, wanted, scaled: {}, up: true });
}

function wantedBy(release: number, rollout: number) {
  return { web: { release, rollout, count: 0 }, worker: { release, rollout, count: 0 } };
}

function rolloutOf(
  place: { system: string; environment: string },
  release: number,
  { id, at, artifact }: { id: number; at: number; artifact: string },
): Omit<Rollout, 'id' | 'endedAt'> {
  const services = ['web', 'worker'];
  const operations: Rollout['operations'] = [
    ...services.map((service) => ({ kind: 'prepare', service, artifact }) as const),
    { kind: 'release', release, from: release === 1 ? null : release - 1 },
    ...services.flatMap((service) =>
      [1, 2, 3].flatMap((index) => [
        { kind: 'start', service, release, index, of: 3 } as const,
        { kind: 'retire', service, release: release - 1, index, of: 3 } as const,
      ]),
    ),
    { kind: 'route', add: [`${place.system}.localhost`], remove: [] },
    { kind: 'promote', release },
  ];
  return {
    ...place,
    ...{ kind: 'deploy', fromRelease: release === 1 ? null : release - 1, toRelease: release },
    ...{ operations, done: operations.length, state: 'promoted', reason: '', startedAt: at },
    change: {
      changes: [],
      target: wantedBy(release, id),
      former: release === 1 ? {} : wantedBy(release - 1, id - 1),
      scaled: {},
    },
  };
}

function fileOf(name: string, release: number): object {
  const health = { ready: '/readyz', live: '/livez' };
  const env = { GREETING: `release ${release}`, LEVEL: 'info' };
  return {
    name,
    services: {
      web: { command: 'node part-0.js', port: true, replicas: 0, uses: [], env, health },
      worker: { command: 'node part-1.js', replicas: 0, env, limits: { memory: '256MB' } },
    },
    jobs: { clean: { command: 'node part-2.js', schedule: '15 4 * * *' } },
    routes: { [`${name}.localhost`]: 'web' },
  };
}
