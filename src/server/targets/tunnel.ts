import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExecSession } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';

const GOODBYE_MS = 1000;

/**
 * Works with a folder whose Unix socket leads to what `open` talks to: each connection is one session. It ends with the work.
 * What a session says instead of answering (its command is not there) is thrown before anything that the work throws.
 */
export async function throughTunnel<T>(
  open: () => Promise<ExecSession>,
  work: (sockets: string) => Promise<T>,
): Promise<T> {
  const sockets = mkdtempSync(path.join(os.tmpdir(), 'escale-db-'));
  chmodSync(sockets, 0o700);
  const lines = new Set<Line>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const line = new Line(socket, open);
    lines.add(line);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path.join(sockets, '.s.PGSQL.5432'), resolve);
    });
    return await work(sockets);
  } catch (error) {
    throw [...lines].map(({ problem }) => problem).find((problem) => problem !== null) ?? error;
  } finally {
    server.close();
    // A client that has said its last word is answered by the end of the session.
    const ended = Promise.all([...lines].map(({ ended }) => ended));
    await Promise.race([ended, pause(GOODBYE_MS, undefined, { ref: false })]);
    for (const line of lines) line.close();
    rmSync(sockets, { recursive: true, force: true });
  }
}

/** One connection and its session. */
class Line {
  problem: EscaleError | null = null;
  /** Resolves when its session is over. */
  readonly ended: Promise<void>;
  private readonly socket: net.Socket;
  private session: ExecSession | null = null;

  constructor(socket: net.Socket, open: () => Promise<ExecSession>) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.once('close', () => this.session?.close());
    this.ended = this.carry(open);
  }

  close(): void {
    this.socket.destroy();
    this.session?.close();
  }

  private async carry(open: () => Promise<ExecSession>): Promise<void> {
    const { socket } = this;
    try {
      const session = await open();
      this.session = session;
      if (socket.destroyed) return session.close();
      socket.on('data', (chunk: Buffer) => session.write(chunk));
      socket.once('end', () => session.end());
      await this.answer(session);
      socket.end();
    } catch (error) {
      if (error instanceof EscaleError) this.problem = error;
      socket.destroy();
    }
  }

  private async answer({ output }: ExecSession): Promise<void> {
    let said = '';
    for await (const item of output) {
      if ('exit' in item) {
        if (item.exit === NOT_FOUND) throw noWayIn(said);
      } else if (item.stream === 'err') said = (said + Buffer.from(item.chunk).toString()).slice(-500);
      else if (!this.socket.write(item.chunk)) await drained(this.socket);
    }
  }
}

/** As shells say it of a program. */
const NOT_FOUND = 127;

function noWayIn(said: string): EscaleError {
  return new EscaleError('cluster-lacks', `there is no way into the database: ${said.trim()}`, {
    next: 'Escale looks into databases of its own image. In others: `kubectl exec -it POD -- psql`.',
  });
}

async function drained(socket: net.Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
