import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Listening } from '../../core/contracts/index.ts';
import { type ListeningSocket, parseSockets } from '../../host/index.ts';

const CONNECT_MS = 1000;

/** What listens in a container: only its own processes can, its network is its own. */
export async function listeningIn(pid: number, host: string, port: number): Promise<Listening> {
  const sockets = socketsSeenBy(pid);
  // The processes of an engine that runs elsewhere (in a machine of its own) can't be seen from here.
  if (sockets === null)
    return (await connects(host, port)) ? { state: 'own' } : { state: 'none', otherPorts: [] };
  const onPort = sockets.filter((socket) => socket.port === port);
  if (onPort.some(({ address }) => !LOOPBACK.test(address))) return { state: 'own' };
  if (onPort.length > 0) return { state: 'unreachable', reason: onlyItself(port) };
  // Docker's resolver listens on its own address.
  const others = sockets.filter(({ address }) => address !== DOCKERS_RESOLVER).map((socket) => socket.port);
  return { state: 'none', otherPorts: [...new Set(others)].sort((a, b) => a - b) };
}

/** 127.0.0.0/8 and ::1, as the kernel writes them. */
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000)$/;

/** 127.0.0.11. */
const DOCKERS_RESOLVER = '0B00007F';

function onlyItself(port: number): string {
  return `it listens on port ${port} for itself only (127.0.0.1): read HOST from the environment, too`;
}

/** The listening sockets of a process's network; null where it can't be seen. */
export function socketsSeenBy(pid: number): ListeningSocket[] | null {
  try {
    return ['tcp', 'tcp6'].flatMap((kind) =>
      parseSockets(readFileSync(`/proc/${pid}/net/${kind}`, 'latin1')),
    );
  } catch {
    return null;
  }
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}
