import { execFile } from 'node:child_process';

/** What a program printed; null where it is not there. Rejects with its own words where it fails. */
export function runTool(
  program: string,
  args: string[],
  options: { cwd?: string; input?: string; timeoutMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Buffer | null> {
  const { cwd, input, timeoutMs = 300_000, env = process.env } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        ...(cwd !== undefined && { cwd }),
        ...{ encoding: 'buffer', maxBuffer: 1 << 30, timeout: timeoutMs, killSignal: 'SIGKILL' },
        env: { ...env, LC_ALL: 'C' },
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return resolve(null);
        reject(
          new ToolFailed(program, stderr.toString().trim() || stdout.toString().trim() || error.message),
        );
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}

/** A program that ran and failed; its message is what it said. */
export class ToolFailed extends Error {
  readonly program: string;

  constructor(program: string, said: string) {
    super(said.slice(-4000));
    this.program = program;
  }
}
