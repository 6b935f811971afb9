export type PipelineRunState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export type PipelineStepState =
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  /** Something that it needs did not succeed. */
  | 'skipped'
  | 'cancelled'
  /** The same step succeeded on the same files before. */
  | 'cached';

/** `command`: of the file, fenced. The others are Escale's own. */
export type StepKind = 'command' | 'checkout' | 'install' | 'quality' | 'release' | 'deploy';

/** What deciding needs to know of a step. */
export interface StepFacts {
  name: string;
  kind: StepKind;
  needs: string[];
  state: PipelineStepState;
}

export function hasEnded({ state }: { state: PipelineStepState | PipelineRunState }): boolean {
  return state !== 'waiting' && state !== 'running';
}
