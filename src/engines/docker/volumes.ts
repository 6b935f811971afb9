import type { StartRequest } from '../../core/contracts/index.ts';
import type { DockerApi } from './api/index.ts';
import { DATA, USER } from './container.ts';
import { ownerLabel } from './labels.ts';
import { ownFolder } from './own-folder.ts';

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

/** A new volume is root's: its folder is given to the user that instances run as, whatever the image has in it. */
export async function giveVolume(api: DockerApi, container: string): Promise<void> {
  const tar = ownFolder({ ...USER, mode: 0o700 });
  await api.ask({ method: 'PUT', path: `/containers/${container}/archive`, query: { path: DATA }, tar });
}
