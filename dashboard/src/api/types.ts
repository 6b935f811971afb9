import type { Overview, PlanView, ProgressLine } from '../../../src/server/api/types.ts';

export type {
  HostView,
  InstanceView,
  Overview,
  ReleaseView,
  RolloutView,
  ServiceView,
  SystemView,
} from '../../../src/server/api/types.ts';

export type StoredEvent = Overview['events'][number];
export type Operation = PlanView['operations'][number];

/** A system in an environment, as the addresses of the API name it. */
export interface Place {
  system: string;
  environment: string;
}

/** One line of the answer to a change; the last one is a `result` or an error. */
export type AnswerLine =
  | Exclude<ProgressLine, { type: 'end' }>
  | { type: 'end' }
  | { type: 'result'; release: number; rollout: { state: string; reason: string } | null };

/** What went wrong, as the API says it: `next` is what a person can do about it. */
export interface ApiProblem {
  code: string;
  message: string;
  next?: string | null;
}
