/** One step of a plan: what it does is data, so that `escale plan` prints the very list that `deploy` runs. */
export type Operation =
  /** Copy the files of a service and its packages into a content-addressed folder. */
  | { kind: 'prepare'; service: string; artifact: string }
  /** Record the release. */
  | { kind: 'release'; release: number; from: number | null }
  /** Start a resource and wait until it answers; one that exists elsewhere is only asked. */
  | { kind: 'provide'; resource: string; type: string; external: boolean }
  /** Copy what a resource holds, before a job that may change all of it. */
  | { kind: 'backup'; resource: string; job: string }
  /** Run a job and wait until it has ended well. */
  | { kind: 'run'; job: string; release: number }
  /** Start the `index`th of `of` new instances and wait until it is ready. */
  | { kind: 'start'; service: string; release: number; index: number; of: number }
  /** Change the number of a set that stays. */
  | { kind: 'scale'; service: string; release: number; from: number; to: number }
  /** Take one instance of the former set out of rotation, drain it, stop it. Goes on while that happens. */
  | { kind: 'retire'; service: string; release: number; index: number; of: number }
  /** Wait until every retired instance is gone. */
  | { kind: 'settle'; service: string }
  /** Make the routes those of the release. */
  | { kind: 'route'; add: string[]; remove: string[] }
  /** Stop a resource that the release has no more; what it keeps stays. */
  | { kind: 'withdraw'; resource: string }
  /** Make it the release that the environment runs. */
  | { kind: 'promote'; release: number };

/** One line for people. */
export function describe(operation: Operation): string {
  switch (operation.kind) {
    case 'prepare':
      return `prepare ${operation.service} (artifact ${operation.artifact.slice(0, 12)})`;
    case 'release':
      return operation.from === null
        ? `record release ${operation.release}`
        : `record release ${operation.release} (from ${operation.from})`;
    case 'provide':
      return operation.external
        ? `reach ${operation.resource} (${operation.type} that exists elsewhere)`
        : `start ${operation.resource} (${operation.type}), wait until it answers`;
    case 'backup':
      return `back up ${operation.resource} before ${operation.job}`;
    case 'run':
      return `run ${operation.job} of release ${operation.release}, wait until it has ended`;
    case 'withdraw':
      return `stop ${operation.resource} (what it keeps stays)`;
    case 'start':
      return `start ${operation.service} ${operation.index}/${operation.of} of release ${operation.release}, wait until it is ready`;
    case 'scale':
      return `scale ${operation.service} from ${operation.from} to ${operation.to}`;
    case 'retire':
      return `drain and stop ${operation.service} ${operation.index}/${operation.of} of release ${operation.release}`;
    case 'settle':
      return `wait until the former instances of ${operation.service} are gone`;
    case 'route':
      return `route ${[...operation.add.map((r) => `+${r}`), ...operation.remove.map((r) => `-${r}`)].join(' ')}`;
    case 'promote':
      return `promote release ${operation.release}`;
  }
}
