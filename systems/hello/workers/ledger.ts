import { renderMetrics, type Snapshot, sumSnapshots } from '../metrics.ts';

/**
 * The sum of what all workers counted. A worker that is gone stays in the sum as it was last seen, so that no
 * counter ever falls below what was told before.
 */
export interface Ledger<Worker> {
  /** Replaces what is known of a worker. */
  note: (worker: Worker, snapshot: Snapshot) => void;
  /** Keeps the worker's last snapshot for good. */
  retire: (worker: Worker) => void;
  /** The sum as Prometheus text. */
  render: () => Promise<string>;
}

/** A ledger of nobody yet. */
export function createLedger<Worker>(): Ledger<Worker> {
  const latest = new Map<Worker, Snapshot>();
  let retired: Promise<Snapshot> = Promise.resolve([]);
  const retire = (worker: Worker) => {
    const last = latest.get(worker);
    latest.delete(worker);
    if (last) retired = retired.then((before) => sumSnapshots([before, last]));
  };
  return {
    note: (worker, snapshot) => void latest.set(worker, snapshot),
    retire,
    render: async () => {
      const present = [...latest.values()];
      return renderMetrics([await retired, ...present]);
    },
  };
}
