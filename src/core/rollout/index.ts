export { describe, type Operation } from './operation.ts';
export type { OperationProgress } from './progress.ts';
export { type Counts, countsAfter, rollingOperations, type ServiceChange } from './rolling.ts';
export {
  type Evidence,
  judge,
  MAX_FAILURES,
  type OperationVerdict,
  type ResourceEvidence,
  type RunEvidence,
} from './verdict.ts';
