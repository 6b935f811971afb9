import { readdirSync, readFileSync } from 'node:fs';
import { type Duplex, PassThrough } from 'node:stream';
import type { ExecEnd, ExecProcess } from '../../core/contracts/index.ts';
import type { DockerApi } from './api/index.ts';
import { Frames } from './frames.ts';
import { programProblem } from './problems.ts';

interface ExecState {
  Running: boolean;
  ExitCode: number | null;
  Pid: number;
}

/** A command beside an instance: in its container, as its user, with its environment and limits. */
export function execIn(api: DockerApi, container: string, command: string[]): ExecProcess {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let id: string | null = null;
  let connection: Duplex | null = null;
  let isKilled = false;
  const kill = async () => {
    isKilled = true;
    if (id !== null) await endSession(api, id);
    connection?.destroy();
  };
  const begin = async (): Promise<ExecEnd> => {
    id = await create(api, container, command);
    connection = await api.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
    stdin.pipe(connection);
    if (isKilled) await kill();
    const words = await carry(connection, stdout, stderr);
    const state = await stateOf(api, id);
    if (words === '' || NEVER_RAN.includes(state?.ExitCode ?? 0)) return endOf(state, command[0]!, words);
    stdout.write(words);
    return endOf(state, command[0]!, '');
  };
  const exit = begin()
    .catch((error: Error): ExecEnd => ({ code: 126, problem: error.message }))
    .finally(() => {
      stdout.end();
      stderr.end();
    });
  return { stdin, stdout, stderr, exit, kill: () => void kill() };
}

async function create(api: DockerApi, container: string, command: string[]): Promise<string> {
  const json = {
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false },
    // Its folder and its user are the container's.
    Cmd: command,
  };
  const { Id } = await api.ask<{ Id: string }>({
    method: 'POST',
    path: `/containers/${container}/exec`,
    json,
  });
  return Id;
}

/** What Docker says on the command's own output where it could not be started, and the exit codes that go with it. */
const NEVER_RAN_WORDS = /^OCI runtime exec failed: /;
const NEVER_RAN = [126, 127];

/** Resolves when all output was given, with what may be Docker's own words. */
async function carry(connection: Duplex, stdout: PassThrough, stderr: PassThrough): Promise<string> {
  const frames = new Frames();
  let plain = '';
  let isFirst = true;
  connection.on('error', () => {});
  try {
    for await (const piece of connection as AsyncIterable<Buffer>) {
      const taken = frames.take(piece);
      plain += taken.plain;
      for (const { stream, bytes } of taken.frames) {
        if (isFirst && NEVER_RAN_WORDS.test(bytes.toString('latin1', 0, 100))) plain += bytes.toString();
        else await given(stream === 'out' ? stdout : stderr, bytes);
        isFirst = false;
      }
    }
  } catch {
    // It was ended, or Docker went away: its end is asked for.
  }
  return plain + frames.left;
}

/** Whoever reads slowly slows the command down. */
async function given(stream: PassThrough, bytes: Buffer): Promise<void> {
  if (stream.write(bytes)) return;
  await new Promise<void>((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}

async function stateOf(api: DockerApi, id: string): Promise<ExecState | null> {
  return api.find<ExecState>({ method: 'GET', path: `/exec/${id}/json` });
}

function endOf(state: ExecState | null, program: string, plain: string): ExecEnd {
  const code = state?.ExitCode ?? 137;
  if (plain === '') return { code, problem: null };
  const { reason, code: usual } = programProblem(program, plain);
  return { code: usual ?? code, problem: reason };
}

/** Docker has no word for ending an exec: its processes are this host's, in a session of their own. */
async function endSession(api: DockerApi, id: string): Promise<void> {
  const state = await stateOf(api, id).catch(() => null);
  if (!state?.Running || state.Pid <= 0) return;
  for (const pid of sessionOf(state.Pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

function sessionOf(leader: number): number[] {
  const others = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => sessionNumber(pid) === leader);
  return [...new Set([leader, ...others])];
}

/** Field 6 of /proc/PID/stat (proc_pid_stat(5)); null where it is gone. */
function sessionNumber(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
  } catch {
    return null;
  }
}
