import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { EngineEvent } from '../../core/contracts/index.ts';
import { ArtifactStore } from '../../delivery/index.ts';
import { Vault } from '../../secrets/index.ts';
import { Access } from '../access/index.ts';
import { ControlPlane } from '../control-plane.ts';
import { Delivering } from '../delivering.ts';
import { Store } from '../store/index.ts';
import { FakeEngine } from './fake-engine.ts';

export function temporary(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'escale-server-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A control plane with a store and artifacts of its own, over an engine that obeys. */
export function controlPlaneIn(t: TestContext) {
  const home = temporary(t);
  const store = new Store(path.join(home, 'escale.db'));
  const engine = new FakeEngine();
  const installer = { packages: path.join(home, 'packages'), programFolders: [], say: () => {} };
  const artifacts = new ArtifactStore({
    folder: path.join(home, 'artifacts'),
    cache: path.join(home, 'cache'),
    installer,
  });
  const events: EngineEvent[] = [];
  const onEvent = (event: EngineEvent) => void events.push(event);
  const parts = {
    store,
    engine,
    kinds: [],
    vault: new Vault({
      folder: path.join(home, 'secrets'),
      keyFile: path.join(home, 'secret-key'),
      now: () => engine.now(),
    }),
    identityFile: path.join(home, 'secrets', 'age-identity.txt'),
    backups: path.join(home, 'backups'),
    resourceFolder: path.join(home, 'resources'),
    volumeFolder: path.join(home, 'volumes'),
    artifacts,
    staticServer: '.escale/static-server.ts',
    clock: engine,
    onEvent,
  };
  const controlPlane = new ControlPlane(parts);
  t.after(() => {
    controlPlane.close();
    store.close();
  });
  const access = new Access({ sql: store.sql, now: () => engine.now() });
  const delivering = new Delivering({
    ...{
      controlPlane,
      access,
      hookKey: 'key',
      registries: async () => ({}),
      cores: 2,
      pagesUrl: 'http://escale.localhost',
    },
    repositories: path.join(home, 'repositories'),
    scratch: path.join(home, 'scratch'),
    pipelines: path.join(home, 'pipelines'),
    wanted: () => {},
    problem: (repository, message) => console.error(repository, message),
  });
  for (const needed of ['pipelines', 'resources']) mkdirSync(path.join(home, needed), { recursive: true });
  t.after(() => delivering.stop());
  return { controlPlane, access, delivering, parts, store, engine, events, home };
}

/** A system `shop` with one service `web`; what is in `lines` is added to it. */
export function writeShop(folder: string, lines: string[] = [], name = 'shop'): string {
  mkdirSync(folder, { recursive: true });
  const service = ['    command: node server.ts', '    port: true', ...lines.map((line) => `    ${line}`)];
  const text = [
    `name: ${name}`,
    'services:',
    '  web:',
    ...service,
    'routes:',
    `  ${name}.localhost: web`,
    '',
  ];
  writeFileSync(path.join(folder, 'escale.yaml'), text.join('\n'));
  writeFileSync(path.join(folder, 'server.ts'), 'hello');
  return folder;
}
