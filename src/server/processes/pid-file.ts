import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Home } from '../../core/home/index.ts';

import { identify, isAlive, type ProcessIdentity, writeDurably } from '../../host/index.ts';

export type ProcessName = 'control-plane' | 'supervisor' | 'gateway';

/** Leaves this process's identity for whoever wants to stop or measure it. */
export function writePidFile(home: Home, name: ProcessName): void {
  writeDurably(fileOf(home, name), JSON.stringify(identify(process.pid)));
}

/** The pid of a process of this home; null when it does not run (a pid that came back is not it). */
export function readPid(home: Home, name: ProcessName): number | null {
  try {
    const identity = JSON.parse(readFileSync(fileOf(home, name), 'utf8')) as ProcessIdentity;
    return isAlive(identity) ? identity.pid : null;
  } catch {
    return null;
  }
}

function fileOf(home: Home, name: ProcessName): string {
  return path.join(home.run, `${name}.pid`);
}
