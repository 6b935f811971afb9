import type { ApprovalView, Overview, PipelineSummary, SystemView, TargetView } from '../api/types.ts';

/** What is known of a system in one environment. */
export interface EnvironmentRow {
  environment: string;
  /** Null: nothing was brought there yet. */
  view: SystemView | null;
  /** What waits for a word there. */
  approval: ApprovalView | null;
  /** The newest run that goes on or ended, of those that deliver there. */
  run: PipelineSummary | null;
  target: TargetView | null;
}

export interface SystemRows {
  name: string;
  /** Those that pipelines deliver to first. */
  rows: EnvironmentRow[];
}

/** Every system that anything is known of, by name. */
export function systemsOf(overview: Overview): SystemRows[] {
  const { systems, pipelines, approvals } = overview;
  const names = [
    ...systems.map(({ name }) => name),
    ...[...pipelines, ...approvals].map(({ system }) => system),
  ];
  return [...new Set(names)].map((name) => ({ name, rows: rowsOf(name, overview, []) }));
}

/** The environments of a system side by side, those that the file names and nothing was brought to included. */
export function rowsOf(system: string, overview: Overview, targets: readonly TargetView[]): EnvironmentRow[] {
  const views = overview.systems.filter(({ name }) => name === system);
  const approvals = overview.approvals.filter((approval) => approval.system === system);
  const runs = overview.pipelines.filter((run) => run.system === system);
  const names = [
    ...runs.flatMap(({ environments }) => environments),
    ...views.map(({ environment }) => environment),
    ...[...targets, ...approvals].map(({ environment }) => environment),
  ];
  const rows = [...new Set(names)].map((environment) => ({
    environment,
    view: views.find((view) => view.environment === environment) ?? null,
    approval: approvals.find((approval) => approval.environment === environment) ?? null,
    run: runs.find(({ environments }) => environments.includes(environment)) ?? null,
    target: targets.find((target) => target.environment === environment) ?? null,
  }));
  return rows.toSorted((a, b) => depthOf(a, rows, []) - depthOf(b, rows, []));
}

/** How many environments a release goes through before it comes to this one. */
function depthOf(
  { environment, target, run }: EnvironmentRow,
  rows: EnvironmentRow[],
  seen: string[],
): number {
  if (run !== null || target === null || target.from === null || seen.includes(environment)) return 0;
  const source = rows.find((row) => row.environment === target.from);
  return source === undefined ? 0 : 1 + depthOf(source, rows, [...seen, environment]);
}

/** What could be promoted to an environment now: what runs where its releases come from, unless it runs or waits here already. */
export function promotionFor(
  row: EnvironmentRow,
  rows: readonly EnvironmentRow[],
): { from: string; release: number } | null {
  const from = row.target?.from ?? null;
  const source = rows.find(({ environment }) => environment === from)?.view;
  if (from === null || from === row.environment || !source?.up || source.release === null) return null;
  const { release } = source;
  if ((row.view?.up && row.view.release === release) || row.approval?.release === release) return null;
  return source.releases.some(({ number, dev }) => number === release && !dev) ? { from, release } : null;
}
