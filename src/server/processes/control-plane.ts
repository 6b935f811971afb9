import os, { availableParallelism } from 'node:os';
import path from 'node:path';
import packageFile from '../../../package.json' with { type: 'json' };
import { EscaleError } from '../../core/errors/index.ts';
import { ArtifactStore, STATIC_SERVER } from '../../delivery/index.ts';
import { connectGateway } from '../../gateway/index.ts';
import { takeLock } from '../../host/index.ts';
import { Vault } from '../../secrets/index.ts';
import { connectSupervisor } from '../../supervisor/index.ts';
import { Access } from '../access/index.ts';
import { buildDashboard, controlApp, Live, listenOn, pagesApp } from '../api/index.ts';
import { clusterImages } from '../cluster-images.ts';
import { containerMaker } from '../containers.ts';
import { ControlPlane } from '../control-plane.ts';
import { Delivering } from '../delivering.ts';
import { imagePusher } from '../image-source.ts';
import { kindsOf } from '../kinds.ts';
import { Notices } from '../notices/index.ts';
import { registrySettings } from '../pipelines/index.ts';
import { PAGES_HOST } from '../routes-claimed.ts';
import { backUpSelf } from '../self-backup.ts';
import { Store } from '../store/index.ts';
import { Engines, TargetStore, Targets } from '../targets/index.ts';
import { EXIT_LOCKED, EXIT_REFUSED, Keeper } from './keeper.ts';
import { keptProcess } from './kept-processes.ts';
import { logOnFullDisk } from './own-log.ts';
import { writePidFile } from './pid-file.ts';
import { readServerFile } from './server-file.ts';
import { readOrMakeToken, readSetting, webAddress } from './setting.ts';

/** The control plane's process: what should run, and the pages that show it. */
logOnFullDisk();
const { home, owner, httpPort, server } = readSetting();
const lock = takeLock(path.join(home.run, 'control-plane.lock'));
if (lock === null) process.exit(EXIT_LOCKED);
writePidFile(home, 'control-plane');

const { version } = packageFile;
const SOON_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const now = () => Date.now();
const store = openStore();
const supervisor = connectSupervisor(home.supervisorSocket);
const vault = new Vault({ folder: home.secrets, keyFile: home.secretKey, now });
const kinds = kindsOf(home);
const targets = new Targets({
  ...{ store: new TargetStore(store.sql), owner, run: home.run, kinds, secrets: vault, now },
  ...{ artifacts: home.artifacts, packages: home.packages, backups: home.backups },
  root: path.join(import.meta.dirname, '..', '..', '..'),
  imageBase: process.env.ESCALE_IMAGE_BASE || null,
  machine: os.machine(),
  usersOf: (target) =>
    store
      .deployments()
      .filter((one) => one.up && controlPlane.deployments.targetOf(one) === target)
      .map(({ system, environment }) => `${system} in ${environment}`),
  placesOf: (target) =>
    store.deployments().filter((one) => controlPlane.deployments.targetOf(one) === target),
  repairs: (place) => controlPlane.drift.takesBack(place),
  imagesFor: (setting) => clusterImages(imagePusher(home), setting),
  onEvent: (event) => live.add(event),
});
const engine = new Engines({
  local: supervisor,
  elsewhere: () => targets.engines(),
  targetOf: (place) => controlPlane.deployments.targetOf(place),
  engineOf: (target) => targets.engineOf(target),
});
const live: Live = new Live({ engine, store, targets, httpPort, version, now });
const pagesUrl = webAddress(server.hosts[0] ?? PAGES_HOST, httpPort);
const notices = new Notices({
  sql: store.sql,
  key: Buffer.from(readOrMakeToken(path.join(home.root, 'webhook-key'), 32), 'hex'),
  pagesUrl: `${pagesUrl}/`,
  now,
  gaveUp: (_webhook, message) => console.error(message),
});
const controlPlane: ControlPlane = new ControlPlane({
  store,
  engine,
  ...{ kinds, vault, targets },
  identityFile: home.ageIdentity,
  backups: home.backups,
  resourceFolder: home.resources,
  volumeFolder: home.volumes,
  artifacts: new ArtifactStore({
    folder: home.artifacts,
    cache: path.join(home.cache, 'digests'),
    installer: {
      packages: home.packages,
      programFolders: [path.dirname(process.execPath)],
      say: console.log,
    },
    containers: containerMaker({ home: home.root, owner }),
  }),
  staticServer: STATIC_SERVER,
  clock: { now },
  onEvent: (event) => {
    live.add(event);
    notices.hear(event);
  },
});
live.controlPlane = controlPlane;
targets.onNew = (name, there) => engine.hear(name, there);
targets.onChange = () => {
  engine.noteChange();
  controlPlane.reconciler.wake();
};
const access = new Access({ sql: store.sql, now });
const delivering = new Delivering({
  ...{ controlPlane, access, repositories: home.repositories, pipelines: home.pipelines },
  scratch: path.join(home.cache, 'commits'),
  hookKey: readOrMakeToken(path.join(home.root, 'hook-key')),
  registries: registrySettings([path.dirname(process.execPath)]),
  cores: availableParallelism(),
  pagesUrl,
  wanted: ({ system, environment, release, wantedBy }) =>
    controlPlane.say(
      { system, environment, toRelease: release },
      'approval-wanted',
      `${wantedBy} asks for an approval`,
    ),
  problem: (repository, message) =>
    controlPlane.say(
      { system: '', environment: '', toRelease: 0 },
      'repository-problem',
      `${repository}: ${message}`,
    ),
});

const keeper = new Keeper(keptProcess('supervisor', home), {
  // What it was told is still in its memory, unless its disk has lost it.
  onBack: () => controlPlane.reconciler.wake(),
});
const dashboard = path.join(import.meta.dirname, '..', '..', '..', 'dashboard');
const hosts = [PAGES_HOST, ...server.hosts].flatMap((host) => [host, `${host}:${httpPort}`]);
const gateway = connectGateway({ controlSocket: home.gatewaySocket });
const metrics = () => gateway.metrics();
const { pipelines } = delivering;
live.pipelines = pipelines;
pipelines.onChange(() => live.hear());
const api = {
  controlPlane,
  pipelines,
  delivery: delivering,
  live,
  access,
  notices,
  version,
  metrics,
  targets,
  backUpSelf: () => backUpSelf({ home, sql: store.sql, version, now: now() }),
};
const control = controlApp({
  ...api,
  ...{
    stays: () => readServerFile(home).stays,
    shutdown: () => void shutdown(),
    retire: () => void retire(),
  },
});
const pages = pagesApp({
  ...api,
  hosts,
  metricsToken: readOrMakeToken(path.join(home.root, 'metrics-token')),
  folder: path.join(dashboard, 'dist'),
});

/** A store that can't be opened is told to whoever starts this. */
function openStore(): Store {
  try {
    return new Store(home.store);
  } catch (error) {
    if (!(error instanceof EscaleError)) throw error;
    console.error(JSON.stringify(error));
    process.exit(EXIT_REFUSED);
  }
}

/** Everything ends; systems that are up come back with the next start. */
async function shutdown(): Promise<void> {
  keeper.stop();
  controlPlane.close();
  delivering.stop();
  // What is elsewhere is no part of this host: it runs on.
  const up = store.deployments().filter((one) => one.up && controlPlane.deployments.targetOf(one) === null);
  await Promise.all(
    up.map(({ system, environment }) => supervisor.remove(system, environment).catch(() => {})),
  );
  await supervisor.stop().catch(() => {});
  await close();
}

/** Another life of it, of a newer version, takes over: what runs goes on meanwhile. */
async function retire(): Promise<void> {
  keeper.stop();
  await supervisor.retire().catch(() => {});
  await close();
}

async function close(): Promise<void> {
  keeper.stop();
  delivering.stop();
  controlPlane.close();
  notices.close();
  gateway.close();
  live.close();
  engine.close();
  targets.close();
  await Promise.all([control.close(), pages.close()]);
  store.close();
  process.exit(0);
}

await keeper.start();
targets.resume();
controlPlane.resume();
delivering.resume();
notices.resume();
live.start();
await listenOn(pages, home.pagesSocket);
await listenOn(control, home.controlSocket);
buildDashboard(dashboard).catch((error: Error) => console.error(error.message));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void close());
process.on('SIGHUP', () => {});
// A team's control plane copies itself once a day, and soon after it was started.
const copy = () => void api.backUpSelf().catch((error) => console.error(error));
if (server.stays) {
  setTimeout(copy, SOON_MS).unref();
  setInterval(copy, DAY_MS).unref();
}
