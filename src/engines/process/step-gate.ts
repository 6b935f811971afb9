import { existsSync } from 'node:fs';
import type { StartRequest } from '../../core/contracts/index.ts';
import type { InstanceUser } from './user.ts';

/** As a step is niced: Linux may weigh sessions, and then `nice` counts within one only (sched(7), autogroup). */
const NICE = '10';
/** Waits for the word that it is fenced; the first to go where a machine has no memory left. No word of a file is in it. */
const GATE = [
  'read -r _ || exit 1',
  'echo 500 2>/dev/null >/proc/self/oom_score_adj',
  `echo ${NICE} 2>/dev/null >/proc/self/autogroup`,
  'exec "$@"',
].join('; ');
const PRLIMIT = ['/usr/bin/prlimit', '/bin/prlimit'].find((file) => existsSync(file));

/** The command of a step behind its gate: last to get processor time, no core dumps, no file above its disk limit. */
export function stepCommand({ command, limits }: StartRequest, user: InstanceUser): string[] {
  const gate = ['/bin/sh', '-c', GATE, 'sh', 'nice', '-n', NICE];
  if (PRLIMIT === undefined) return [...gate, ...command];
  const bounds = [
    '--core=0',
    ...(limits.diskBytes === null ? [] : [`--fsize=${limits.diskBytes}`]),
    // Counted for each user: it means something only where a run has one of its own.
    ...(limits.processes === null || user === null ? [] : [`--nproc=${limits.processes}`]),
  ];
  return [...gate, PRLIMIT, ...bounds, '--', ...command];
}
