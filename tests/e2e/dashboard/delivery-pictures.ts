import type {
  ApprovalView,
  AuditEntry,
  Me,
  MovePlanView,
  Overview,
  PipelineLine,
  PipelineRunView,
  PipelineSummary,
  ReleaseChangesView,
  StepView,
  SystemView,
} from '../../../src/server/api/types.ts';
import { hello, picture, release, rollout } from './pictures.ts';

const MINUTE = 60_000;
const COMMIT = 'c0ffee1d2b5a4e3f9c8b7a6d5e4f302112233445';

/** One run of the pipeline of `shop` that succeeded. */
export function pipeline(id: number, more: Partial<PipelineSummary> = {}): PipelineSummary {
  const startedAt = Date.now() - (20 - id) * 7 * MINUTE;
  return {
    ...{ id, system: 'shop', repository: 'shop', branch: 'main', commit: COMMIT, by: 'ada', cause: 'push' },
    ...{ environments: ['staging'], state: 'succeeded', reason: '', release: id, retryOf: null },
    deliveries: [{ environment: 'staging', verdict: 'promoted', message: `release ${id} runs in staging` }],
    ...{ createdAt: startedAt - 400, startedAt, endedAt: startedAt + 8400 },
    ...more,
  };
}

export function step(name: string, more: Partial<StepView> = {}): StepView {
  const startedAt = Date.now() - 9000;
  return {
    ...{ name, kind: 'command', needs: [], state: 'succeeded', reason: '', exitCode: 0, cachedFrom: null },
    ...{ tests: null, artifacts: [], startedAt, endedAt: startedAt + 1840 },
    ...more,
  };
}

export function runView(id: number, steps: StepView[], more: Partial<PipelineSummary> = {}): PipelineRunView {
  return { ...pipeline(id, more), steps, figures: null };
}

export function wrote(step: string, text: string, stream: 'out' | 'err' = 'out'): PipelineLine {
  return { type: 'output', step, stream, text, at: Date.now() };
}

export function approval(id: number, more: Partial<ApprovalView> = {}): ApprovalView {
  return {
    ...{ id, system: 'shop', environment: 'production', release: 7, from: 'staging', role: 'admin' },
    ...{ wantedBy: 'ada', wantedAt: Date.now() - 4 * MINUTE, state: 'waiting' },
    ...{ decidedBy: null, decidedAt: null },
    ...more,
  };
}

/** `shop` in an environment, at a release. */
export function shopIn(environment: string, number: number, more: Partial<SystemView> = {}): SystemView {
  const releases = [7, 6, 5, 4].map((kept) => release(kept, { current: kept === number }));
  const rollouts = [rollout(number), rollout(number - 1)];
  const { services } = hello();
  return {
    ...hello(),
    name: 'shop',
    folder: '',
    environment,
    release: number,
    releases,
    rollouts,
    services,
    ...more,
  };
}

/** `shop` side by side: release 7 in staging, 6 in production, where 7 waits for a word. */
export function shopPicture(more: Partial<Overview> = {}): Overview {
  const drift = {
    found: [{ kind: 'number' as const, service: 'web', message: '5 of web are wanted, the release says 3' }],
    repaired: false,
  };
  return picture({
    systems: [shopIn('production', 6, { drift }), shopIn('staging', 7)],
    pipelines: [pipeline(8, { state: 'running', endedAt: null, deliveries: [], release: null })],
    approvals: [approval(1)],
    ...more,
  });
}

export function changes(more: Partial<ReleaseChangesView> = {}): ReleaseChangesView {
  const at = Date.now() - 30 * MINUTE;
  return {
    ...{
      system: 'shop',
      release: 7,
      commit: COMMIT,
      dev: false,
      createdAt: at,
      since: 6,
      takenIn: ['staging'],
    },
    commits: [
      { id: COMMIT, author: 'Ada', at, subject: 'Show what is in the cart' },
      { id: 'beef'.repeat(10), author: 'Grace', at: at - MINUTE, subject: 'Keep the cart over a reload' },
    ],
    files: [
      { path: 'web/cart.ts', change: 'M' },
      { path: 'web/cart.test.ts', change: 'A' },
      { path: 'web/old-cart.ts', change: 'D' },
    ],
    settings: [
      { path: 'services.web.replicas', before: '2', after: '3' },
      { path: 'services.web.env.CART_KEY', before: null, after: '…' },
    ],
    programs: ['web'],
    targets: [
      {
        environment: 'staging',
        from: null,
        approve: null,
        problem: 'release 7 was taken in no other environment yet',
      },
      { environment: 'production', from: 'staging', approve: 'admin', problem: null },
    ],
    ...more,
  };
}

export function movePlan(more: Partial<MovePlanView> = {}): MovePlanView {
  return {
    ...{
      system: 'shop',
      environment: 'production',
      release: 7,
      fromRelease: 6,
      lines: [],
      notes: [],
      approve: null,
    },
    operations: [
      { kind: 'start', service: 'web', release: 7, index: 1, of: 1 },
      { kind: 'retire', service: 'web', release: 6, index: 1, of: 1 },
      { kind: 'promote', release: 7 },
    ],
    ...more,
  };
}

export function entry(id: number, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    ...{ id, at: Date.now() - (100 - id) * MINUTE, who: 'ada', kind: 'user', token: null, from: '192.0.2.7' },
    ...{ action: 'promote', system: 'shop', environment: 'production', target: '' },
    ...{ detail: { from: 'staging', release: 7 }, outcome: 'done', code: null },
    ...more,
  };
}

export function me(...grants: Me['grants']): Me {
  return { name: 'ada', kind: 'user', token: null, grants, expiresAt: null };
}
