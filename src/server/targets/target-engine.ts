import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type {
  DesiredSystem,
  Engine,
  JobRun,
  LogLine,
  LogQuery,
  SecretReader,
  SecretVersions,
  ToldEvent,
} from '../../core/contracts/index.ts';
import type { MirroredValue } from '../../secrets/index.ts';
import { archiveOfTree, digestOfTree, packagesOfTree } from '../../targets/index.ts';
import type { Link } from './link.ts';

export interface TargetEngineParts {
  name: string;
  link: Link;
  /** Folders of this host, absolute. */
  artifacts: string;
  packages: string;
  secrets: SecretReader;
}

/** Trees that a host is asked for, by name. */
export interface Trees {
  artifacts: string[];
  packages: string[];
}

/** The engine of a host elsewhere: what a wish needs is brought there before it is said. Throws `target-away`. */
export class TargetEngine implements Engine {
  private readonly parts: TargetEngineParts;
  /** Packages that artifacts lead to. */
  private readonly needs = new Map<string, string[]>();
  private readonly sending = new Map<string, Promise<void>>();

  constructor(parts: TargetEngineParts) {
    this.parts = parts;
  }

  async apply(desired: DesiredSystem): Promise<void> {
    const plans = desired.sets.map(({ plan }) => plan);
    await this.bring(plans.map(({ artifact }) => artifact));
    await this.mirror(
      desired,
      [...plans, ...desired.resources].map(({ secrets }) => secrets),
    );
    return this.there().apply(desired);
  }

  async run(run: JobRun): Promise<void> {
    await this.bring([run.plan.artifact]);
    await this.mirror(run, [run.plan.secrets]);
    return this.there().run(run);
  }

  async observe() {
    return this.there().observe();
  }

  async forgetRun(id: string) {
    return this.there().forgetRun(id);
  }

  async holdResource(place: { system: string; environment: string }, name: string) {
    return this.there().holdResource(place, name);
  }

  async letGoResource(place: { system: string; environment: string }, name: string) {
    return this.there().letGoResource(place, name);
  }

  async wishes() {
    return this.there().wishes();
  }

  async remove(system: string, environment: string) {
    return this.there().remove(system, environment);
  }

  async *logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    yield* this.there().logs(query, signal);
  }

  async forgetLogs(system: string, environment: string) {
    return this.there().forgetLogs(system, environment);
  }

  async forgetVolumes(system: string, environment: string) {
    return this.there().forgetVolumes(system, environment);
  }

  async tidy(artifacts: string[]) {
    await this.there().tidy(artifacts);
    await this.parts.link.client.call('POST', '/trees/tidy', { artifacts });
  }

  async exec(request: Parameters<Engine['exec']>[0]) {
    return this.there().exec(request);
  }

  async kill(instance: string) {
    return this.there().kill(instance);
  }

  async changed(seen: number, timeoutMs: number) {
    return this.there().changed(seen, timeoutMs);
  }

  async *events(signal: AbortSignal): AsyncIterable<ToldEvent> {
    for await (const event of this.there().events(signal)) yield { ...event, target: this.parts.name };
  }

  private there(): Engine {
    this.parts.link.mustBeThere();
    return this.parts.link.engine;
  }

  /** Brings artifacts (folders as the host has them), with the packages that they lead to, as far as they are missing there. */
  private async bring(folders: string[]): Promise<void> {
    const { link } = this.parts;
    link.mustBeThere();
    const digests = [...new Set(folders.map((folder) => path.basename(folder)))];
    const needed = await Promise.all(digests.map((digest) => this.packagesOf(digest)));
    const wanted: Trees = { artifacts: digests, packages: [...new Set(needed.flat())] };
    const missing = await link.client.call<Trees>('POST', '/trees/missing', wanted);
    // What an artifact leads to comes before it.
    for (const name of missing.packages) await this.send('packages', name);
    for (const name of missing.artifacts) await this.send('artifacts', name);
  }

  /** An artifact never changes: it is looked through once. */
  private async packagesOf(artifact: string): Promise<string[]> {
    const { artifacts, packages } = this.parts;
    const known =
      this.needs.get(artifact) ?? (await packagesOfTree(path.join(artifacts, artifact), { packages }));
    this.needs.set(artifact, known);
    return known;
  }

  /** Once, for however many wait for it. */
  private send(kind: keyof Trees, name: string): Promise<void> {
    const key = `${kind}/${name}`;
    const going = this.sending.get(key) ?? this.sendNow(kind, name).finally(() => this.sending.delete(key));
    this.sending.set(key, going);
    return going;
  }

  private async sendNow(kind: keyof Trees, name: string): Promise<void> {
    const { packages, link } = this.parts;
    const folder = path.join(this.parts[kind], name);
    const digest = await digestOfTree(folder, { packages });
    const query = new URLSearchParams({ digest, packages });
    const { request, response } = link.client.open(`/trees/${kind}/${name}?${query}`);
    const { archive, tar } = archiveOfTree(folder);
    try {
      // Where that fails, the answer says why.
      const sent = pipeline(archive, request).catch(() => {});
      for await (const _ of link.client.linesOf(response)) break;
      await sent;
    } finally {
      tar.kill();
      request.destroy();
    }
  }

  /** The values of secrets that a wish names: the host starts instances also while nobody can be asked. */
  private async mirror(
    { system, environment }: { system: string; environment: string },
    versions: (SecretVersions | undefined)[],
  ): Promise<void> {
    const { secrets, link } = this.parts;
    const values = new Map<string, MirroredValue>();
    for (const [name, version] of versions.flatMap((each) => Object.entries(each ?? {})))
      values.set(`${name} ${version}`, {
        name,
        version,
        value: secrets.value({ system, environment }, name, version),
      });
    if (values.size === 0) return;
    await link.client.call('PUT', `/secrets/${environment}/${system}`, { values: [...values.values()] });
  }
}
