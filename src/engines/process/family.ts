import { readdirSync } from 'node:fs';
import { identify, isAlive, type ProcessIdentity, processStat, readProc } from '../../host/index.ts';

/** The variable that marks every process of an instance; its value is unique on this host. */
export const MARK = 'ESCALE_INSTANCE';
/** Which Escale started it: two homes on one host don't adopt each other's instances. */
export const HOME_MARK = 'ESCALE_OWNER';

/** All living pids of this host. */
export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The instance a process belongs to, by its environment at exec; null when it has no mark of this owner. */
export function instanceOf(pid: number, owner: string): string | null {
  const environment = readProc(pid, 'environ');
  if (environment === null || !environment.includes(`${MARK}=`)) return null;
  const words = environment.split('\0');
  if (!words.includes(`${HOME_MARK}=${owner}`)) return null;
  return words.find((word) => word.startsWith(`${MARK}=`))?.slice(MARK.length + 1) ?? null;
}

/** Every process of each instance of this owner, also those that left its process group. */
export function findFamilies(owner: string): Map<string, number[]> {
  const families = new Map<string, number[]>();
  for (const pid of allPids()) {
    const instance = instanceOf(pid, owner);
    if (instance === null || processStat(pid)?.state === 'Z') continue;
    families.set(instance, [...(families.get(instance) ?? []), pid]);
  }
  return families;
}

/** Living processes by session, in one pass. */
export function allSessions(): Map<number, number[]> {
  const sessions = new Map<number, number[]>();
  for (const pid of allPids()) {
    const stat = processStat(pid);
    if (stat !== null && stat.state !== 'Z')
      sessions.set(stat.session, [...(sessions.get(stat.session) ?? []), pid]);
  }
  return sessions;
}

/** Processes of one session (an instance is started as the leader of its own), the leader included. */
export function sessionMembers(leader: number): number[] {
  return allPids().filter((pid) => {
    const stat = processStat(pid);
    return stat !== null && stat.session === leader && stat.state !== 'Z';
  });
}

/**
 * All processes of an instance: those that carry its mark, wherever they went, and those of its session. The
 * session does not count when its leader's pid belongs to somebody else by now.
 */
export function membersOf(instance: { id: string; leader: ProcessIdentity; owner: string }): number[] {
  const { pid } = instance.leader;
  const reused = identify(pid) !== null && !isAlive(instance.leader);
  return allPids().filter((candidate) => {
    const stat = processStat(candidate);
    if (stat === null || stat.state === 'Z') return false;
    return (!reused && stat.session === pid) || instanceOf(candidate, instance.owner) === instance.id;
  });
}

/** Living processes of a user. */
export function processesOfUser(uid: number): number[] {
  return allPids().filter((pid) => {
    const owner = /^Uid:\t(\d+)/m.exec(readProc(pid, 'status') ?? '')?.[1];
    return Number(owner) === uid && owner !== undefined && processStat(pid)?.state !== 'Z';
  });
}
