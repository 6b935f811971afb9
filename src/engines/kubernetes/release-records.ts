import type { EnginePlace, ReleaseRecord } from '../../core/contracts/index.ts';
import { namespaceOf, RELEASE_LABEL } from '../../core/kubernetes/index.ts';
import type { Cluster, LiveObject } from './api/index.ts';
import { deleteAll } from './applying.ts';
import { engineObject, MANAGED } from './own-objects.ts';

/** An image by what it was made of and the program that runs it; undefined: nobody here knows. */
export type KnownImage = (artifact: string, program: string) => string | undefined;

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

/** What a system ran in a cluster, kept there as one ConfigMap for each release: for people who have kubectl alone. */
export class ReleaseRecords {
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Exactly these from now on; nothing is written that is there already. */
  async write(place: EnginePlace, records: ReleaseRecord[], imageOf: KnownImage): Promise<void> {
    const namespace = namespaceOf(place.system, place.environment);
    const there = new Map((await this.all(namespace)).map((each) => [each.metadata.name, each]));
    for (const record of records) {
      const name = `escale-release-${record.release}`;
      const before = there.get(name)?.data as Record<string, string> | undefined;
      const data = dataOf(record, imageOf, before?.images);
      there.delete(name);
      if (isSame(data, before)) continue;
      const object = engineObject({ ...place, kind: 'ConfigMap', name, namespace });
      const labels = { ...object.metadata.labels, [RELEASE_LABEL]: String(record.release) };
      await this.cluster.apply(
        { ...object, metadata: { ...object.metadata, labels }, data },
        { force: true },
      );
    }
    await deleteAll(this.cluster, [...there.values()]);
  }

  async forget(namespace: string): Promise<void> {
    await deleteAll(this.cluster, await this.all(namespace));
  }

  private async all(namespace: string): Promise<LiveObject[]> {
    const { items } = await this.cluster.list(CONFIG_MAP, { namespace, labels: MANAGED });
    return items.filter(({ metadata: { labels = {} } }) => labels[RELEASE_LABEL] !== undefined);
  }
}

function dataOf(record: ReleaseRecord, imageOf: KnownImage, before = ''): Record<string, string> {
  const { release, commit, madeAt, beganAt, endedAt, verdict, reason, programs } = record;
  const known = new Map(before.split('\n').map((line) => [line.split(': ', 1)[0], line]));
  const images = Object.entries(programs).flatMap(([name, { artifact, program }]) => {
    const image = imageOf(artifact, program);
    return image === undefined ? (known.get(name) ?? []) : `${name}: ${image}`;
  });
  return {
    ...{ release: String(release), commit: commit ?? '', made: time(madeAt), began: time(beganAt) },
    ...{ ended: endedAt === null ? '' : time(endedAt), verdict, reason, images: images.join('\n') },
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

function isSame(data: Record<string, string>, before: Record<string, string> = {}): boolean {
  const names = new Set([...Object.keys(data), ...Object.keys(before)]);
  return [...names].every((name) => data[name] === before[name]);
}
