import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Listening } from '../../core/contracts/index.ts';
import { type ListeningSocket, parseSockets, readProc } from '../../host/index.ts';
import { allPids, sessionMembers } from './family.ts';

/** Every listening TCP socket of this network namespace. */
export function listeningSockets(): ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => parseSockets(readOrEmpty(file)));
}

/** Whether the process that leads a session, or one of its children, listens on a port. */
export function listeningOf(leader: number, port: number): Listening {
  const sockets = listeningSockets();
  const members = sessionMembers(leader);
  const onPort = sockets.filter((socket) => socket.port === port);
  if (onPort.length > 0 && owns(members, onPort)) return { state: 'own' };
  if (onPort.length > 0) return { state: 'foreign', holder: holderOf(onPort) };
  const own = ownInodes(members);
  const otherPorts = sockets.filter((socket) => own.has(socket.inode)).map((socket) => socket.port);
  return { state: 'none', otherPorts: [...new Set(otherPorts)].sort((a, b) => a - b) };
}

function owns(members: number[], sockets: ListeningSocket[]): boolean {
  const own = ownInodes(members);
  return sockets.some((socket) => own.has(socket.inode));
}

function ownInodes(pids: number[]): Set<string> {
  return new Set(pids.flatMap(socketInodes));
}

function socketInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return namesIn(folder)
    .map((name) => /^socket:\[(\d+)\]$/.exec(linkTarget(`${folder}/${name}`))?.[1])
    .filter((inode): inode is string => inode !== undefined);
}

/** `node (pid 4711)` for whoever holds one of these sockets, as far as it may be seen. */
export function holderOf(sockets: ListeningSocket[]): string {
  const holder = allPids().find((pid) => owns([pid], sockets));
  if (holder === undefined) return 'a process of another user';
  return `${readProc(holder, 'comm')?.trim() ?? 'a process'} (pid ${holder})`;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkTarget(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

/** Who listens on a TCP port of this host, for people. */
export function portHolder(port: number): string {
  return holderOf(listeningSockets().filter((socket) => socket.port === port));
}
