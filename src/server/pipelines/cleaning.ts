import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { runOfEnvironment, stepEnvironment } from '../../core/manifest/index.ts';
import { hasEnded } from '../../core/pipeline/index.ts';
import type { PipelinesParts } from './parts.ts';
import { runFolder } from './run-folder.ts';
import type { StoredPipelineRun } from './stored.ts';

/** Throws away what runs used; what they found stays until there are many newer ones. */
export class Cleaning {
  private readonly parts: PipelinesParts;
  private readonly going = new Map<number, Promise<void>>();

  constructor(parts: PipelinesParts) {
    this.parts = parts;
  }

  /** After a run has ended; once at a time for each. */
  clean(run: StoredPipelineRun): Promise<void> {
    const going = this.going.get(run.id) ?? this.cleanNow(run).finally(() => this.going.delete(run.id));
    this.going.set(run.id, going);
    return going;
  }

  async done(): Promise<void> {
    await Promise.allSettled(this.going.values());
  }

  /** At start: what a crash has left of runs that have ended, or that nobody knows. */
  async cleanLeft(): Promise<void> {
    const { store, engine, folder, resourceFolder } = this.parts;
    for (const run of store.uncleaned().filter(hasEnded)) await this.clean(run);
    const isOpen = (id: number) => store.open().some((run) => run.id === id);
    for (const { system, environment } of await engine.wishes()) {
      const run = runOfEnvironment(environment);
      if (run !== null && !isOpen(run)) await engine.remove(system, environment);
    }
    for (const name of await readdir(folder))
      if (/^\d+$/.test(name) && store.run(Number(name)) === null)
        await rm(path.join(folder, name), { recursive: true, force: true });
    for (const environment of await readdir(resourceFolder)) {
      const run = runOfEnvironment(environment);
      if (run !== null && !isOpen(run))
        await rm(path.join(resourceFolder, environment), { recursive: true, force: true });
    }
  }

  private async cleanNow(run: StoredPipelineRun): Promise<void> {
    const { store, engine, folder, resourceFolder } = this.parts;
    const fenced = store
      .steps(run.id)
      .filter(({ kind }) => ['command', 'install', 'quality', 'release'].includes(kind));
    for (const { name, startedAt } of fenced) {
      const environment = stepEnvironment(run.id, name);
      if (startedAt !== null) await engine.remove(run.system, environment);
      await rm(path.join(resourceFolder, environment), { recursive: true, force: true });
    }
    const { work, pristine, tools } = runFolder(folder, run.id);
    for (const used of [work, pristine, tools]) await rm(used, { recursive: true, force: true });
    store.change(run.id, { isCleaned: true });
    for (const id of store.tooMany(run.system)) await this.forget(id, run.system);
  }

  private async forget(id: number, system: string): Promise<void> {
    const { store, engine, folder } = this.parts;
    for (const { name } of store.steps(id)) await engine.forgetLogs(system, stepEnvironment(id, name));
    const { root } = runFolder(folder, id);
    if (existsSync(root)) await rm(root, { recursive: true, force: true });
    store.remove(id);
  }
}
