import { PassThrough } from 'node:stream';
import type { ExecSession } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import type { Connection } from './connection.ts';
import { openSocket } from './web-socket.ts';

/** Channels of one port: the first byte of each message; the first message of each says which port, in two bytes. */
const CHANNEL = { data: 0, error: 1 } as const;
const PROTOCOL = 'v4.channel.k8s.io';

/** One connection to a port of a pod, over a WebSocket. Rejects as every request of the API does. */
export async function openForward(
  connection: Connection,
  { path, port }: { path: string; port: number },
): Promise<ExecSession> {
  const what = `forward port ${port}`;
  const socket = await openSocket(connection, {
    path,
    query: [['ports', String(port)]],
    protocol: PROTOCOL,
    what,
  });
  const came = new PassThrough();
  const begun = new Set<number>();
  let problem = '';
  socket.on('message', (message: Buffer) => {
    const channel = message[0]!;
    if (!begun.has(channel)) return void begun.add(channel);
    const chunk = message.subarray(1);
    if (channel === CHANNEL.error) problem += chunk.toString('utf8');
    else if (channel === CHANNEL.data && !came.write(chunk)) {
      socket.pause();
      came.once('drain', () => socket.resume());
    }
  });
  socket.once('close', () => came.end());
  socket.resume();
  return {
    write: (chunk) => {
      if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.of(CHANNEL.data), chunk]));
    },
    // This protocol knows no half of a connection: who has said all still hears the answer.
    end: () => {},
    output: outputOf(came, () => problem),
    close: () => socket.terminate(),
  };
}

async function* outputOf(came: PassThrough, problem: () => string): ExecSession['output'] {
  for await (const chunk of came as AsyncIterable<Buffer>) yield { stream: 'out', chunk };
  if (problem() !== '')
    throw new EscaleError('cluster-refused', `the pod takes no connection: ${problem().trim()}`);
  yield { exit: 0 };
}
