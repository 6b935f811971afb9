import type { StartRequest } from '../../core/contracts/index.ts';
import type { DockerApi } from './api/index.ts';
import { DATA, USER } from './container.ts';
import { ownerLabel } from './labels.ts';
import { folderOf } from './tar-folder.ts';

/** Docker's volume of a service: it stays when its containers go, and when its network does. */
export async function ensureVolume(api: DockerApi, owner: string, request: StartRequest): Promise<string> {
  const { environment, system, service } = request;
  const Name = `escale-${owner}-${environment}-${system}-${service}`;
  const Labels = {
    ...ownerLabel(owner),
    ...{ 'escale.environment': environment, 'escale.system': system, 'escale.service': service },
  };
  await api.ask({ method: 'POST', path: '/volumes/create', json: { Name, Labels } });
  return Name;
}

/**
 * A new volume is root's: its folder is given to the user that instances run as, whatever the image has in it. That goes
 * through a container that never runs: the roots of those that do are read-only.
 */
export async function giveVolume(
  api: DockerApi,
  volume: string,
  from: { image: string; owner: string },
): Promise<void> {
  const Mounts = [{ Type: 'volume', Source: volume, Target: DATA }];
  const json = {
    Image: from.image,
    Entrypoint: ['-'],
    Labels: ownerLabel(from.owner),
    HostConfig: { Mounts },
  };
  const { Id } = await api.ask<{ Id: string }>({ method: 'POST', path: '/containers/create', json });
  try {
    const tar = folderOf({ name: DATA.slice(1), ...USER, mode: 0o700 });
    await api.ask({ method: 'PUT', path: `/containers/${Id}/archive`, query: { path: '/' }, tar });
  } finally {
    await api.ask({ method: 'DELETE', path: `/containers/${Id}`, query: { force: 'true' } });
  }
}

/** Those of a system in an environment; nobody uses them any more. */
export async function removeVolumes(
  api: DockerApi,
  owner: string,
  { system, environment }: { system: string; environment: string },
): Promise<void> {
  const label = [`escale.owner=${owner}`, `escale.system=${system}`, `escale.environment=${environment}`];
  const query = { filters: JSON.stringify({ label }) };
  const { Volumes } = await api.ask<{ Volumes: { Name: string }[] | null }>({
    method: 'GET',
    path: '/volumes',
    query,
  });
  for (const { Name } of Volumes ?? []) await api.find({ method: 'DELETE', path: `/volumes/${Name}` });
}
