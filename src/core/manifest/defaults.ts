/** What is true when a file says nothing. Times in ms. */
export const DEFAULTS = {
  source: '.',
  replicas: 1,
  scalingCpu: 0.7,
  health: { intervalMs: 2000, timeoutMs: 2000, failures: 3 },
  start: { deadlineMs: 30_000, stableMs: 1000 },
  stop: { drainMs: 30_000, websocketsMs: 30_000, graceMs: 10_000 },
  hold: { timeoutMs: 30_000, max: 1000 },
  responseTimeoutMs: 60_000,
  surge: 1,
  job: { timeoutMs: 600_000, timeZone: 'UTC' },
  /** A step that says nothing has these limits: what a pushed commit starts must not hurt the others. */
  step: {
    timeoutMs: 900_000,
    limits: { memoryBytes: 2 * 2 ** 30, cpu: null, processes: 1024, diskBytes: 4 * 2 ** 30 },
  },
  keep: 10,
  drift: 'show',
  /** Branches that go to `staging` where no environment of the file names one. */
  branches: ['main', 'master'],
} as const;
