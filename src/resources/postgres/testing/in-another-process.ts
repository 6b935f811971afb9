import { type ChildProcess, spawn } from 'node:child_process';
import type { ResourceAt } from '../../../core/contracts/index.ts';
import { postgres } from '../index.ts';

/** What a process of its own is to do: it can be killed at any moment. */
export interface Task {
  cache: string;
  at: ResourceAt;
  /** Restores this backup; null: prepares. */
  backup: string | null;
}

/** Starts one; its output is what `prepare` or `restore` said, as JSON. */
export function inAnotherProcess(task: Task): ChildProcess {
  const args = ['--disable-warning=ExperimentalWarning', import.meta.filename, JSON.stringify(task)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

if (import.meta.main) {
  const { cache, at, backup } = JSON.parse(process.argv[2]!) as Task;
  const kind = postgres({ cache });
  const said = backup === null ? await kind.prepare(at) : await kind.restore(at, backup);
  console.log(JSON.stringify(said));
}
