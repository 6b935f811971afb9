import type { Programs } from './programs.ts';
import { runProgram } from './run.ts';

/** A crash's or a backup's log is replayed first, which can take its time. */
const LONGEST_MS = 10 * 60_000;

/**
 * Runs statements, each on one line, as superuser on a data folder that no server uses: PostgreSQL's single-user mode
 * listens nowhere and asks for no password. Throws `resource-failed` at the first that fails; statements are not shown.
 */
export async function runSingleUser(programs: Programs, folder: string, statements: string[]): Promise<void> {
  const args = ['--single', '-D', folder, '-c', 'exit_on_error=on', '-c', 'log_min_error_statement=panic'];
  await runProgram(programs, {
    program: 'postgres',
    args: [...args, 'template1'],
    folder,
    input: statements.map((statement) => `${statement}\n`).join(''),
    timeoutMs: LONGEST_MS,
  });
}
