import type { Operation } from './operation.ts';

/** How one service gets from the sets it has to the one it should have. */
export interface ServiceChange {
  service: string;
  /** Null: it does not run yet. */
  from: { release: number; count: number } | null;
  /** Null: the new release has no such service. */
  to: { release: number; count: number } | null;
  /** How many instances may start at once above the wanted number, at least 1. */
  surge: number;
  /** A single instance with a volume: the old one stops first, while requests wait (zero-loss contract, point 10). */
  stopFirst: boolean;
  /** The instances stay; only their number changes. */
  keep: boolean;
}

/** How many instances of the new and of the former set an operation leaves wanted. */
export interface Counts {
  fresh: number;
  former: number;
}

/** The steps of a rolling update: at every moment at least the smaller of both numbers is ready. */
export function rollingOperations(change: ServiceChange): Operation[] {
  if (change.to === null) return retireAll(change);
  if (change.keep) return [scaleOperation(change)];
  if (change.stopFirst) return [...retireAll(change), ...startAll(change)];
  return startThenRetire(change);
}

function startThenRetire(change: ServiceChange): Operation[] {
  const wanted = change.to!.count;
  const former = change.from?.count ?? 0;
  const operations: Operation[] = [];
  let counts: Counts = { fresh: 0, former };
  const surge = former === 0 ? wanted : change.surge;
  while (counts.fresh < wanted) {
    const fresh = Math.min(wanted, counts.fresh + surge);
    operations.push(startUpTo(change, fresh));
    const kept = Math.min(counts.former, wanted - fresh);
    if (kept < counts.former) operations.push(retireUpTo(change, former - kept));
    counts = { fresh, former: kept };
  }
  if (counts.former > 0) operations.push(retireUpTo(change, former));
  return former > 0 ? [...operations, { kind: 'settle', service: change.service }] : operations;
}

function startAll(change: ServiceChange): Operation[] {
  return change.to!.count === 0 ? [] : [startUpTo(change, change.to!.count)];
}

function retireAll(change: ServiceChange): Operation[] {
  if (change.from === null || change.from.count === 0) return [];
  return [retireUpTo(change, change.from.count), { kind: 'settle', service: change.service }];
}

function scaleOperation(change: ServiceChange): Operation {
  const { release, count } = change.from!;
  return { kind: 'scale', service: change.service, release, from: count, to: change.to!.count };
}

function startUpTo(change: ServiceChange, index: number): Operation {
  const { release, count } = change.to!;
  return { kind: 'start', service: change.service, release, index, of: count };
}

function retireUpTo(change: ServiceChange, index: number): Operation {
  const { release, count } = change.from!;
  return { kind: 'retire', service: change.service, release, index, of: count };
}

/** What should run of a service once the first `done` operations of a plan were carried out. */
export function countsAfter(change: ServiceChange, operations: Operation[], done: number): Counts {
  const counts: Counts = { fresh: 0, former: change.from?.count ?? 0 };
  for (const operation of operations.slice(0, done)) {
    if (operation.kind === 'scale' && operation.service === change.service) counts.former = operation.to;
    if (operation.kind === 'start' && operation.service === change.service) counts.fresh = operation.index;
    if (operation.kind === 'retire' && operation.service === change.service)
      counts.former = operation.of - operation.index;
  }
  return counts;
}
