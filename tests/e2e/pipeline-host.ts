import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { ArtifactStore, STATIC_SERVER } from '../../src/delivery/index.ts';
import { takeLock } from '../../src/host/index.ts';
import { Vault } from '../../src/secrets/index.ts';
import { ControlPlane } from '../../src/server/control-plane.ts';
import {
  type PipelineLine,
  PipelineStore,
  Pipelines,
  type PipelinesParts,
  type PipelineWish,
  registrySettings,
} from '../../src/server/pipelines/index.ts';
import { readSetting } from '../../src/server/processes/setting.ts';
import { Store } from '../../src/server/store/index.ts';
import { connectSupervisor } from '../../src/supervisor/index.ts';
import { freePort, killAll, processesOf, waitFor } from './escale.ts';

const SUPERVISOR = path.join(import.meta.dirname, '..', '..', 'src', 'server', 'processes', 'supervisor.ts');

/** The real supervisor, and the control plane's parts in this process, with a repository whose commits are folders. */
export async function pipelineHost(t: TestContext, more: Partial<PipelinesParts> = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-pipeline-'));
  chmodSync(folder, 0o711);
  const env = {
    ...process.env,
    ESCALE_HOME: path.join(folder, 'home'),
    ESCALE_HTTP_PORT: String(await freePort()),
    KEEPERS_SECRET: 'not-for-steps',
  };
  const { home } = readSetting(env);
  const lock = takeLock(path.join(home.run, 'control-plane.lock'))!;
  const store = new Store(home.store);
  const engine = connectSupervisor(home.supervisorSocket);
  const artifacts = new ArtifactStore({
    folder: home.artifacts,
    cache: path.join(home.cache, 'digests'),
    installer: { packages: home.packages, programFolders: [], say: () => {} },
  });
  startSupervisor(env);
  await waitFor('the supervisor answers', async () => (await engine.observe()).gateway.connected);
  const now = () => Date.now();
  const vault = new Vault({ folder: home.secrets, keyFile: home.secretKey, now });
  const controlPlane = new ControlPlane({
    ...{ store, engine, kinds: [], vault, artifacts, staticServer: STATIC_SERVER, clock: { now } },
    identityFile: home.ageIdentity,
    ...{ backups: home.backups, resourceFolder: home.resources, volumeFolder: home.volumes },
    onEvent: () => {},
  });
  const commits = path.join(folder, 'commits');
  const problems: unknown[] = [];
  const open = () =>
    new Pipelines({
      ...{ store: new PipelineStore(store.sql), engine, artifacts, now, cores: 2 },
      registries: registrySettings([]),
      ...{ folder: home.pipelines, resourceFolder: home.resources },
      checkout: async ({ commit }, into) => cpSync(path.join(commits, commit!), into, { recursive: true }),
      makeRelease: (candidate, fenced) => controlPlane.makeRelease(candidate, fenced),
      deliver: async ({ system, environments }, release) => {
        const [environment] = environments;
        const { rollout } = await controlPlane.take(
          { system, environment: environment! },
          ...([release, 'deploy', () => {}] as const),
        );
        const isGood = rollout === null || rollout.state === 'promoted';
        const verdict = isGood ? ('promoted' as const) : ('failed' as const);
        return [{ environment: environment!, verdict, message: rollout?.reason ?? '' }];
      },
      masked: (system, text) => vault.masked(system, text),
      ended: () => {},
      problem: (error) => problems.push(error),
      ...more,
    });
  const pipelines = open();
  pipelines.resume();
  t.after(async () => {
    pipelines.stop();
    controlPlane.close();
    await engine.stop().catch(() => {});
    killAll(env.ESCALE_HOME);
    store.close();
    lock.release();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    folder,
    home,
    store,
    engine,
    vault,
    controlPlane,
    pipelines,
    problems,
    ...commands(pipelines, commits, home),
  };
}

function startSupervisor(env: NodeJS.ProcessEnv): void {
  const words = ['--disable-warning=ExperimentalWarning', SUPERVISOR];
  spawn(process.execPath, words, { cwd: '/', env, stdio: 'ignore', detached: true }).unref();
}

function commands(
  pipelines: Pipelines,
  commits: string,
  home: { root: string; pipelines: string; resources: string },
) {
  const commit = (name: string, files: Record<string, string>): string => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(commits, name, file)), { recursive: true });
      writeFileSync(path.join(commits, name, file), text);
    }
    return name;
  };
  const push = (name: string, wish: Partial<PipelineWish> = {}) =>
    pipelines.begin({
      ...{ system: 'shop', repository: 'shop', branch: 'main', commit: name, folder: '.' },
      ...{ by: 'ada', cause: 'push', environments: [], ...wish },
    });
  const ended = async (id: number): Promise<PipelineLine[]> => {
    const lines: PipelineLine[] = [];
    for await (const line of pipelines.follow(id, new AbortController().signal)) lines.push(line);
    return lines;
  };
  /** Nothing of any run is left but what it found. */
  const nothingLeft = async () => {
    await pipelines.isBusy();
    const left = processesOf(home.root).filter(({ instance }) => instance?.startsWith('pipeline.'));
    assert.deepEqual(left, []);
    assert.deepEqual(
      readdirSync(home.resources).filter((name) => name.startsWith('pipeline.')),
      [],
    );
    for (const run of readdirSync(home.pipelines).filter((name) => /^\d+$/.test(name)))
      assert.equal(readdirSync(path.join(home.pipelines, run)).includes('work'), false);
  };
  return { commit, push, ended, nothingLeft };
}

/** A system with these steps. */
export function shopWith(steps: object, more: object = {}): Record<string, string> {
  const server =
    "require('node:http').createServer((_, answer) => answer.end(process.env.TEXT)).listen(process.env.PORT, process.env.HOST)";
  const web = { command: 'node server.js', port: true, env: { TEXT: 'hello' }, health: { ready: '/' } };
  const file = {
    name: 'shop',
    services: { web },
    routes: { 'shop.localhost': 'web' },
    pipeline: { quality: false, ...steps },
  };
  return { 'escale.yaml': JSON.stringify({ ...file, ...more }), 'server.js': server };
}

/** `test failed: exited with code 1`, for each step. */
export function stepsIn(lines: PipelineLine[]): string[] {
  return lines.flatMap((line) =>
    line.type === 'ended'
      ? [`${line.step} ${line.state}${line.reason === '' ? '' : `: ${line.reason}`}`]
      : [],
  );
}

export function outputIn(lines: PipelineLine[], step: string): string {
  return lines
    .flatMap((line) => (line.type === 'output' && line.step === step ? [line.text] : []))
    .join('\n');
}
