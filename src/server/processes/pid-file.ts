import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Home } from '../../core/home/index.ts';

import { identify, isAlive, type ProcessIdentity, writeDurably } from '../../host/index.ts';

export type ProcessName = 'control-plane' | 'supervisor' | 'gateway';

/** `server`: the command that stays and keeps the others; `session`: a connection of a control plane elsewhere. */
type Named = ProcessName | 'server' | 'session';

/** Leaves this process's identity for whoever wants to stop or measure it. */
export function writePidFile(home: Home, name: Named): void {
  writeDurably(fileOf(home, name), JSON.stringify(identify(process.pid)));
}

export function removePidFile(home: Home, name: Named): void {
  rmSync(fileOf(home, name), { force: true });
}

/** The pid of a process of this home; null when it does not run (a pid that came back is not it). */
export function readPid(home: Home, name: Named): number | null {
  try {
    const identity = JSON.parse(readFileSync(fileOf(home, name), 'utf8')) as ProcessIdentity;
    return isAlive(identity) ? identity.pid : null;
  } catch {
    return null;
  }
}

function fileOf(home: Home, name: Named): string {
  return path.join(home.run, `${name}.pid`);
}
