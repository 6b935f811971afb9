import type { Finding } from '../mistakes.ts';
import { checkEnvironments } from './environment-check.ts';
import { checkJobs } from './job-check.ts';
import { checkNames } from './name-check.ts';
import { checkPipeline } from './pipeline-check.ts';
import { checkResources } from './resource-check.ts';
import { checkRoutes } from './route-check.ts';
import { checkSecrets } from './secret-check.ts';
import { checkServices } from './service-check.ts';
import { checkUses } from './uses-check.ts';

/**
 * What a schema can't say: names, references, contradictions. It reads any value, so that a file whose shape is
 * wrong in one place is still judged in all others; what has the wrong shape is passed over here.
 */
export function checkMeaning(file: unknown): Finding[] {
  return [
    ...checkNames(file),
    ...checkSecrets(file),
    ...checkServices(file),
    ...checkJobs(file),
    ...checkResources(file),
    ...checkUses(file),
    ...checkPipeline(file),
    ...checkRoutes(file),
    ...checkEnvironments(file),
  ];
}
