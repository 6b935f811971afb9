import type { ExecSession } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import type { Connection } from './connection.ts';
import { type ApiStatus, statusIn } from './refusal.ts';
import { openSocket } from './web-socket.ts';

/** Channels of the protocol `v5.channel.k8s.io`: the first byte of each message. */
const CHANNEL = { in: 0, out: 1, err: 2, status: 3, close: 255 } as const;
const PROTOCOL = 'v5.channel.k8s.io';
/** What nobody has read yet, bytes: more is not taken from the other side. */
const WAITING_AT_MOST = 4 << 20;

type Output = { stream: 'out' | 'err'; chunk: Uint8Array } | { exit: number };

export interface ExecOrder {
  /** Of the pod’s `exec`. */
  path: string;
  container: string;
  command: string[];
}

/** Runs a command in a container over a WebSocket. Rejects as every request of the API does. */
export async function openExec(
  connection: Connection,
  { path, container, command }: ExecOrder,
): Promise<ExecSession> {
  const words = { container, stdin: 'true', stdout: 'true', stderr: 'true', tty: 'false' };
  const query = [...Object.entries(words), ...command.map((word): [string, string] => ['command', word])];
  const socket = await openSocket(connection, {
    path,
    query,
    protocol: PROTOCOL,
    what: `exec in ${container}`,
  });
  const output = new Waiting(socket);
  socket.on('message', (data: Buffer) => output.take(data));
  socket.once('close', () => output.end());
  socket.resume();
  const send = (channel: number, chunk: Uint8Array) => {
    if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.of(channel), chunk]));
  };
  return {
    write: (chunk) => send(CHANNEL.in, chunk),
    end: () => send(CHANNEL.close, Buffer.of(CHANNEL.in)),
    output: output.all(),
    close: () => socket.terminate(),
  };
}

/** What came and was not read yet; the other side waits while that is much. */
class Waiting {
  private readonly socket: { pause(): void; resume(): void };
  private readonly queue: Output[] = [];
  private bytes = 0;
  private hasExit = false;
  private isOver = false;
  private wake = () => {};

  constructor(socket: { pause(): void; resume(): void }) {
    this.socket = socket;
  }

  take(data: Buffer): void {
    const chunk = data.subarray(1);
    if (data[0] === CHANNEL.out || data[0] === CHANNEL.err) {
      if (chunk.length === 0) return;
      this.queue.push({ stream: data[0] === CHANNEL.out ? 'out' : 'err', chunk });
      this.bytes += chunk.length;
      if (this.bytes > WAITING_AT_MOST) this.socket.pause();
    } else if (data[0] === CHANNEL.status) {
      this.hasExit = true;
      this.queue.push(...endOf(statusIn(chunk.toString('utf8'))));
    }
    this.wake();
  }

  end(): void {
    this.isOver = true;
    this.wake();
  }

  async *all(): AsyncIterable<Output> {
    for (;;) {
      const next = this.queue.shift();
      if (next !== undefined) {
        if ('chunk' in next) this.bytes -= next.chunk.length;
        if (this.bytes <= WAITING_AT_MOST) this.socket.resume();
        yield next;
        if ('exit' in next) return;
        continue;
      }
      if (this.isOver) break;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (!this.hasExit) throw new EscaleError('cluster-away', 'the connection to the command was lost');
  }
}

/** A command that can’t be started has no exit code: shells say 127, with a word why. */
function endOf(status: ApiStatus): Output[] {
  if (status.status === 'Success') return [{ exit: 0 }];
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined) return [{ exit: Number(code) }];
  const chunk = Buffer.from(`${status.message ?? 'it could not be started'}\n`);
  return [{ stream: 'err', chunk }, { exit: 127 }];
}
