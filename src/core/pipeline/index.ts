export { type Advance, advance, isHard } from './advance.ts';
export { isOvertaken, mayBegin, type QueuedRun } from './queue.ts';
export {
  hasEnded,
  type PipelineRunState,
  type PipelineStepState,
  type StepFacts,
  type StepKind,
} from './step.ts';
