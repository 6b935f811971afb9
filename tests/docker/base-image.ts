import { createReadStream } from 'node:fs';
import type { TestDocker } from './dockerd.ts';

/** What Dockerfiles of tests stand on: no registry is asked. */
export const BASE_IMAGE = 'escale-tests/base:1';

/** Gives the tests' root file system to their Docker as an image, as `docker import` does. */
export async function importBase({ api, base }: TestDocker, name = BASE_IMAGE, tar = base): Promise<void> {
  if ((await api.find({ method: 'GET', path: `/images/${name}/json` })) !== null) return;
  const [repo = '', tag = ''] = name.split(':');
  const file = tar.replace(/^tar:/, '');
  await api.ask({
    ...{ method: 'POST', path: '/images/create', query: { fromSrc: '-', repo, tag } },
    ...{ tar: createReadStream(file), timeoutMs: 0 },
  });
}
