import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** A real `node server.ts`, as tests use it. */
export interface Running {
  port: number;
  url: string;
  process: ChildProcess;
  /** Exit code, null after a signal. */
  exited: Promise<number | null>;
  /** All of standard error, when it has ended. */
  errors: Promise<string>;
}

/** Starts an instance on a free port and waits until it says that it listens; it is killed after the test. */
export async function startHello(test: TestContext, env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: `${import.meta.dirname}/..`,
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  test.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const errors = text(child.stderr!);
  const port = await portOf(child);
  if (port === null) throw new Error(`exit ${await exited}: ${await errors}`);
  return { port, url: `http://127.0.0.1:${port}`, process: child, exited, errors };
}

/** Null when standard output ended without it. */
async function portOf(child: ChildProcess): Promise<number | null> {
  let output = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    output += chunk;
    const port = /listens on http:\/\/[^\s]+:(\d+)/.exec(output)?.[1];
    if (port) return Number(port);
  }
  return null;
}

/** A raw connection: to write what an HTTP library would not, and to see how it ends. */
export interface RawConnection {
  socket: Socket;
  /** Resolves when the text received so far matches; rejects when the connection ends before. */
  until: (pattern: RegExp) => Promise<string>;
  /** All that was received, when the server has closed the connection; rejects on a reset. */
  ended: Promise<string>;
}

/** Opens a raw connection to the instance. */
export async function connectRaw(test: TestContext, port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  test.after(() => socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    received += chunk;
    socket.emit('received');
  });
  const ended = once(socket, 'end').then(() => received);
  ended.catch(() => {});
  await once(socket, 'connect');
  const until = async (pattern: RegExp) => {
    while (!pattern.test(received)) {
      if (socket.readableEnded) throw new Error(`ended after: ${received}`);
      await Promise.race([once(socket, 'received'), ended]);
    }
    return received;
  };
  return { socket, until, ended };
}

/** Sends bytes, half-closes nothing, and returns all that comes until the server closes. */
export async function exchangeRaw(test: TestContext, port: number, bytes: string): Promise<string> {
  const connection = await connectRaw(test, port);
  connection.socket.write(bytes, 'latin1');
  return connection.ended;
}
