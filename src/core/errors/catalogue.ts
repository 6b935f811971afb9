import { ACCESS } from './access.ts';
import { CLUSTERS } from './clusters.ts';
import { DELIVERY } from './delivery.ts';
import { DOCKER } from './docker.ts';
import { FILE } from './file.ts';
import { IMAGES } from './images.ts';
import { INIT } from './init.ts';
import { NOTICES } from './notices.ts';
import { PIPELINE } from './pipeline.ts';
import { RENDER } from './render.ts';
import { RESOURCES } from './resources.ts';
import { RUNNING } from './running.ts';
import { SECRETS } from './secrets.ts';
import { TARGETS } from './targets.ts';

/** What can go wrong for people, by permanent code. `docs/errors.md` is generated from it; a code is never reused. */
export interface CatalogueEntry {
  title: string;
  /** Why it is refused, or what it means. Markdown, one paragraph. */
  explanation: string;
  /** The default next step. */
  next: string;
  /** What the command line exits with: 1 it failed, 2 it was called wrongly. */
  exitCode: 1 | 2;
}

export type ErrorCode = keyof typeof CATALOGUE;

/** One entry for each code, in groups of one file each. Add new ones at the end of their group. */
export const CATALOGUE = {
  ...FILE,
  ...INIT,
  ...RUNNING,
  ...RESOURCES,
  ...SECRETS,
  ...ACCESS,
  ...DELIVERY,
  ...RENDER,
  ...PIPELINE,
  ...NOTICES,
  ...IMAGES,
  ...DOCKER,
  ...TARGETS,
  ...CLUSTERS,
} satisfies Record<string, CatalogueEntry>;
