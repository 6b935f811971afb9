import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { EngineEvent } from '../../core/contracts/index.ts';
import { ArtifactStore } from '../../delivery/index.ts';
import { Vault } from '../../secrets/index.ts';
import { ControlPlane } from '../control-plane.ts';
import { deliverWith } from '../deliver.ts';
import { PipelineStore, Pipelines } from '../pipelines/index.ts';
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
  const pipelines = pipelinesOver(controlPlane, home);
  t.after(() => pipelines.stop());
  return { controlPlane, pipelines, parts, store, engine, events, home };
}

/** Pipeline runs of a control plane; there is no repository to check anything out from. */
function pipelinesOver(controlPlane: ControlPlane, home: string): Pipelines {
  const { store, engine, artifacts, resourceFolder, vault, clock } = controlPlane.parts;
  const folder = path.join(home, 'pipelines');
  for (const needed of [folder, resourceFolder]) mkdirSync(needed, { recursive: true });
  return new Pipelines({
    ...{ store: new PipelineStore(store.sql), engine, artifacts, resourceFolder, folder },
    checkout: async () => {
      throw new Error('there is no repository in this test');
    },
    makeRelease: (candidate, fenced) => controlPlane.makeRelease(candidate, fenced),
    deliver: deliverWith(controlPlane),
    registries: async () => ({}),
    masked: (system, text) => vault.masked(system, text),
    cores: 2,
    now: clock.now,
    problem: (error) => console.error(error),
  });
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
