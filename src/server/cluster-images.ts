import path from 'node:path';
import type { InstancePlan } from '../core/contracts/index.ts';
import type { OwnName } from '../delivery/index.ts';
import type { ClusterImages } from '../engines/kubernetes/index.ts';
import type { ImagePlace, ImagePusher } from './image-source.ts';

/** A rollout asks again and again; a newer one that somebody has brought is taken by the next, ms. */
const POSTGRES_KNOWN_MS = 60_000;

/**
 * Images of artifacts, and of PostgreSQL, in the registry that a cluster takes them from: made and brought when they are first
 * needed, each of an artifact in the life of this process once. In the registry they are called by what they were made of.
 */
export function clusterImages(
  pusher: ImagePusher,
  { registry, repository, plainHttp }: ImagePlace,
): ClusterImages {
  const brought = new Map<string, Promise<string>>();
  const bring = async ({
    system,
    service,
    plan,
  }: {
    system: string;
    service: string;
    plan: InstancePlan;
  }) => {
    const { artifact, command } = plan;
    const to = { registry, repository: `${repository}/${system}/${service}`, plainHttp };
    const request = {
      artifact,
      command,
      isOwn: plan.image !== undefined,
      system,
      service,
      tag: path.basename(artifact),
    };
    return `${registry}/${to.repository}@${await pusher.push(request, to)}`;
  };
  const bringOwn = async (name: OwnName) => {
    if (name === 'postgres') setTimeout(() => brought.delete(name), POSTGRES_KNOWN_MS).unref();
    const to = { registry, repository: `${repository}/${name}`, plainHttp };
    return `${registry}/${to.repository}@${await pusher.pushOwn(name, to)}`;
  };
  const once = (key: string, begin: () => Promise<string>) => {
    const known = brought.get(key) ?? begin();
    brought.set(key, known);
    known.catch(() => brought.delete(key));
    return known;
  };
  return {
    place: (of) =>
      once(`${of.system}/${of.service} ${of.plan.artifact} ${of.plan.command[0]}`, () => bring(of)),
    gateway: () => once('gateway', () => bringOwn('gateway')),
    postgres: () => once('postgres', () => bringOwn('postgres')),
  };
}
