import type {
  ApprovalView,
  Overview,
  PlanView,
  ProgressLine,
  TablesAnswer,
} from '../../../src/server/api/types.ts';

export type {
  ApprovalView,
  AuditEntry,
  CallView,
  HostView,
  InstanceView,
  JobView,
  Me,
  MovePlanView,
  Overview,
  PipelineLine,
  PipelineRunView,
  PipelineSummary,
  ReleaseChangesView,
  ReleaseView,
  ResourceView,
  RolloutView,
  RowsAnswer,
  RowsQuestion,
  RunView,
  ServiceView,
  StepView,
  SystemView,
  TablesAnswer,
  TargetView,
} from '../../../src/server/api/types.ts';

export type StoredEvent = Overview['events'][number];
export type Operation = PlanView['operations'][number];
export type TableInfo = TablesAnswer[number];

/** A system in an environment, as the addresses of the API name it. */
export interface Place {
  system: string;
  environment: string;
}

/** One line of the answer to a change; the last one is a `result` or an error. */
export type AnswerLine =
  | Exclude<ProgressLine, { type: 'end' }>
  | { type: 'end' }
  /** The whole answer of a change without progress: `id` names what it began. */
  | { type: 'answer'; id?: string }
  | {
      type: 'result';
      release: number;
      rollout: { state: string; reason: string } | null;
      /** It waits for somebody's word, and nothing was begun. */
      approval?: ApprovalView | null;
    };

/** What an instance wrote. */
export interface LogLine {
  /** ms since 1970. */
  at: number;
  stream: 'out' | 'err' | 'escale';
  text: string;
}

/** What went wrong, as the API says it: `next` is what a person can do about it. */
export interface ApiProblem {
  code: string;
  message: string;
  next?: string | null;
}
