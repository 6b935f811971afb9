import path from 'node:path';
import {
  type BackupRecord,
  type Database,
  type Engine,
  type ObservedResource,
  RESOURCE_HOLD_MS,
  type ResourceAt,
  type ResourceKind,
  type SecretReader,
} from '../core/contracts/index.ts';
import { EscaleError, isAway } from '../core/errors/index.ts';
import { externalAddress } from '../core/manifest/index.ts';
import type { Deployments } from './deployments.ts';
import type { Place } from './place.ts';
import type { ResourceHost } from './resource-host.ts';
import type { Deployment } from './store/index.ts';

export interface ResourceAccessParts {
  engine: Engine;
  deployments: Deployments;
  /** Where those of a place are. */
  hostOf: (place: Place) => ResourceHost;
  now: () => number;
  secrets: SecretReader;
  /** Words that outlive the process. */
  meta: { get(name: string): string | null; set(name: string, value: string): void };
}

/** A resource that is there, with the kind that knows it. */
export interface FoundResource {
  at: ResourceAt;
  kind: ResourceKind;
}

/** How long a restored resource may take until it answers, ms. */
const ANSWER_MS = 120_000;
/** Backups that were made before migrations, of each resource. */
const AUTOMATIC_KEPT = 5;
const NEWS_MS = 1000;
/** Between two tries to reach an engine that is away, ms. */
const AWAY_MS = 100;

/** What people do with the resources of a system that is up: look in, back up, restore. */
export class ResourceAccess {
  private readonly parts: ResourceAccessParts;
  /** Folders of backups that are being taken. */
  private readonly taking = new Set<string>();

  constructor(parts: ResourceAccessParts) {
    this.parts = parts;
  }

  /** One that runs, by its name; null: the only one. Throws `resource-unknown`, `system-down`. */
  async find(place: Place, name: string | null): Promise<FoundResource> {
    const deployment = this.parts.deployments.mustBeUp(place);
    const { at, kind } = this.atRest(deployment, name);
    const { port } = await this.observed(place, at.name);
    const { secrets = {} } = deployment;
    const lookUp = (secret: string) => this.parts.secrets.value(place, secret, secrets[secret]);
    return { at: { ...at, port: port ?? 0, external: externalAddress(at, lookUp) }, kind };
  }

  /** One of a system, whether that is up or not. */
  private atRest({ system, environment, release }: Deployment, name: string | null): FoundResource {
    const place = { system, environment };
    const number = release ?? this.parts.deployments.newestRelease(place);
    const { resources } = this.parts.deployments.resolution(place, number).system;
    const names = Object.keys(resources);
    const chosen = name ?? (names.length === 1 ? names[0]! : null);
    if (chosen === null || !Object.hasOwn(resources, chosen)) throw unknown(place, name, names);
    const { type, external } = resources[chosen]!;
    const { kinds, folder: all } = this.parts.hostOf(place);
    const kind = kinds.find((candidate) => candidate.type === type)!;
    const folder = path.join(all, environment, system, chosen);
    return { at: { ...place, name: chosen, folder, port: 0, external }, kind };
  }

  private async observed(place: Place, name: string): Promise<ObservedResource> {
    const { resources } = await this.parts.engine.observe(place);
    const isIt = (one: ObservedResource) =>
      one.system === place.system && one.environment === place.environment && one.name === name;
    const seen = resources.find(isIt);
    if (seen !== undefined) return seen;
    throw new EscaleError('process-away', `${name} of ${place.system} is being started`);
  }

  /** Throws `resource-unknown` also for a kind that has no SQL. */
  async database(place: Place, name: string | null): Promise<{ at: ResourceAt; database: Database }> {
    const { at, kind } = await this.find(place, name);
    if (kind.database !== null) return { at, database: kind.database };
    throw new EscaleError('resource-unknown', `${at.name} is no database`);
  }

  async backup(place: Place, name: string | null): Promise<BackupRecord & { folder: string }> {
    const { at, kind } = await this.find(place, name);
    refuseElsewhere(at);
    const now = this.parts.now();
    const parent = this.folderOf(at);
    const taken = await this.parts.hostOf(at).idsIn(parent);
    const folder = this.newFolder(parent, taken, now);
    this.taking.add(folder);
    try {
      return { ...(await kind.backup(at, folder, now)), folder };
    } finally {
      this.taking.delete(folder);
    }
  }

  /** Named by its second; where a backup has that name already, or is just being taken, by the next one that is free. */
  private newFolder(parent: string, taken: string[], now: number): string {
    const folder = path.join(parent, idOf(now));
    const isFree = !this.taking.has(folder) && !taken.includes(idOf(now));
    return isFree ? folder : this.newFolder(parent, taken, now + 1000);
  }

  /** Before something that may change all of it; of such copies the last few are kept. */
  async backUpBefore(place: Place, name: string): Promise<void> {
    const { id, folder } = await this.backup(place, name);
    const parent = path.dirname(folder);
    const { meta } = this.parts;
    const key = `automatic-backups ${place.environment}/${place.system}/${name}`;
    const ids = [id, ...(JSON.parse(meta.get(key) ?? '[]') as string[])];
    for (const old of ids.slice(AUTOMATIC_KEPT))
      await this.parts.hostOf(place).remove(path.join(parent, path.basename(old)));
    meta.set(key, JSON.stringify(ids.slice(0, AUTOMATIC_KEPT)));
  }

  /** Newest first; whether each is whole is not looked at. */
  async backups(
    place: Place,
    name: string | null,
  ): Promise<{ resource: string; ids: string[]; folder: string }> {
    const { at } = this.atRest(this.parts.deployments.mustExist(place), name);
    const folder = this.folderOf(at);
    return { resource: at.name, ids: await this.parts.hostOf(at).idsIn(folder), folder };
  }

  /**
   * Brings a backup's data back: its folder is checked whole before anything is touched, then the resource is stopped,
   * gets the data, and is started. The former data stays. Throws `backup-unknown`, `backup-damaged`.
   */
  async restore(
    place: Place,
    name: string | null,
    backup: string,
  ): Promise<{ former: string | null; backup: BackupRecord }> {
    const deployment = this.parts.deployments.mustExist(place);
    const { at, kind } = deployment.up ? await this.find(place, name) : this.atRest(deployment, name);
    refuseElsewhere(at);
    const folder = await this.folderOfBackup(at, backup);
    const record = await kind.verify(folder);
    const bringBack = () => kind.restore(at, folder);
    if (!deployment.up) return { former: (await bringBack()).former, backup: record };
    const { former } = await this.whileHeld(at, bringBack);
    await this.untilReady(place, at.name);
    return { former, backup: record };
  }

  /** It is stopped meanwhile. The engine lets go by itself once nobody asks any more, for example after a crash. */
  private async whileHeld<T>(at: ResourceAt, work: () => Promise<T>): Promise<T> {
    const { engine } = this.parts;
    const hold = () => engine.holdResource(at, at.name);
    await hold();
    let asked: Promise<unknown> = Promise.resolve();
    const timer = setInterval(() => {
      asked = hold().catch(() => {});
    }, RESOURCE_HOLD_MS / 3);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await asked;
      await engine.letGoResource(at, at.name).catch(() => {});
    }
  }

  private async untilReady(place: Place, name: string): Promise<void> {
    const until = this.parts.now() + ANSWER_MS;
    let seen = 0;
    for (;;) {
      const problem = await this.problemOf(place, name);
      if (problem === null) return;
      if (this.parts.now() > until)
        throw new EscaleError('database-away', `${name} of ${place.system} does not answer: ${problem}`);
      seen = await this.parts.engine.changed(seen, NEWS_MS).catch(async () => {
        await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
        return 0;
      });
    }
  }

  /** Why it does not answer, for people; null when it does. */
  private async problemOf(place: Place, name: string): Promise<string | null> {
    try {
      const { state, reason } = await this.observed(place, name);
      return state === 'ready' ? null : reason;
    } catch (error) {
      // The engine is being started again, or has not seen it yet.
      if (isAway(error)) return error.message;
      throw error;
    }
  }

  /** A backup's id, or the path of its folder. */
  private async folderOfBackup(at: ResourceAt, backup: string): Promise<string> {
    if (path.isAbsolute(backup)) return backup;
    const folder = this.folderOf(at);
    const ids = await this.parts.hostOf(at).idsIn(folder);
    const id = backup === 'latest' ? ids[0] : backup;
    if (id !== undefined && ids.includes(id)) return path.join(folder, id);
    const next = `There are: ${ids.slice(0, 10).join(', ') || 'none; `escale backup` makes one'}.`;
    throw new EscaleError('backup-unknown', `${at.name} of ${at.system} has no backup ${backup}`, { next });
  }

  private folderOf(at: ResourceAt): string {
    return path.join(this.parts.hostOf(at).backups, at.environment, at.system, at.name);
  }
}

function refuseElsewhere({ name, external }: ResourceAt): void {
  if (external === null) return;
  const message = `${name} exists elsewhere: Escale neither starts nor copies it`;
  throw new EscaleError('resource-elsewhere', message, { place: name });
}

/** `20261126T102530Z`: sortable by time. */
function idOf(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function unknown(place: Place, name: string | null, names: string[]): EscaleError {
  const next = `Its resources are: ${names.join(', ') || 'none'}.`;
  if (name === null && names.length > 1)
    return new EscaleError('resource-unknown', `${place.system} has several resources`, {
      next: `Name one: ${names.map((one) => `${place.system}/${one}`).join(', ')}.`,
    });
  const what = name === null ? 'no resources' : `no resource "${name}"`;
  return new EscaleError('resource-unknown', `${place.system} has ${what}`, { next });
}
