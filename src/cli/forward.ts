import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError } from '../core/errors/index.ts';
import type { ControlPlaneClient } from '../server/index.ts';

/** So long a way in from outside may need to answer, ms: nodes learn of a new service a moment later. */
const REACHED_MS = 3000;
const AGAIN_MS = 250;

/** Whether somebody takes connections at an address. Names below `localhost` lead here, and to no cluster. */
export async function isReached(address: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(address);
  if (/(^|\.)localhost$/.test(hostname)) return false;
  const to = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  const until = performance.now() + REACHED_MS;
  do {
    const socket = net.connect(to);
    socket.setTimeout(Math.max(1, until - performance.now()), () => socket.destroy(new Error('no answer')));
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return true;
    await pause(AGAIN_MS);
  } while (performance.now() < until);
  return false;
}

export interface ForwardTo {
  client: Pick<ControlPlaneClient, 'forward' | 'overview'>;
  system: string;
  environment: string;
  service: string;
}

/** An address on this machine whose connections go to ready instances of a service in a cluster, one each, while this process is there. */
export async function startForward(to: ForwardTo): Promise<string> {
  await readyInstance(to);
  const server = net.createServer((socket) => void carry(socket, to));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function carry(socket: Socket, to: ForwardTo): Promise<void> {
  socket.on('error', () => {});
  try {
    const { stdin, output } = to.client.forward(await readyInstance(to));
    stdin.on('error', () => socket.destroy());
    socket.once('close', () => (stdin as Socket).destroy());
    socket.pipe(stdin);
    for await (const item of output) {
      if ('exit' in item) break;
      if (!socket.write(Buffer.from(item.chunk, 'base64'))) await once(socket, 'drain');
    }
    socket.end();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    socket.destroy();
  }
}

async function readyInstance({ client, system, environment, service }: ForwardTo): Promise<string> {
  const { systems } = await client.overview();
  const found = systems.find((one) => one.name === system && one.environment === environment);
  const instances = found?.services.find(({ name }) => name === service)?.instances ?? [];
  const ready = instances.filter(({ state }) => state === 'ready');
  const chosen = ready[Math.floor(Math.random() * ready.length)];
  if (chosen !== undefined) return chosen.id;
  throw new EscaleError('instance-unknown', `no instance of ${system}/${service} is ready`, {
    next: 'Look at `escale status`.',
  });
}
