import { ACCESS } from './access.ts';
import { DELIVERY } from './delivery.ts';
import { NOTICES } from './notices.ts';
import { PIPELINES } from './pipelines.ts';
import { RUNNING } from './running.ts';
import { TARGETS } from './targets.ts';

/** Each is run once, in order; never edited once it was published, only added to at the end. */
export const MIGRATIONS: readonly string[] = [
  ...RUNNING,
  ...ACCESS,
  ...PIPELINES,
  ...DELIVERY,
  ...NOTICES,
  ...TARGETS,
];
