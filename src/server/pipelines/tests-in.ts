import { mergeReports, type TestReport } from '../../delivery/index.ts';
import type { StoredPipelineStep } from './stored.ts';

/** What the tests of all steps found; null: there were none. */
export function testsIn(steps: StoredPipelineStep[]): TestReport | null {
  return mergeReports(steps.flatMap(({ tests }) => (tests === null ? [] : [tests])));
}
