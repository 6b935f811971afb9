import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Home } from '../../core/home/index.ts';
import { writeDurably } from '../../host/index.ts';

/** How this Escale serves a team: in a file of its home, so that whichever process comes back knows it. */
export interface ServerFile {
  /** It stays when no system is up. */
  stays: boolean;
  /** Addresses of this host that the gateway listens on beside loopback. */
  listen: string[];
  /** Names under which its pages and repositories are reached, beside `escale.localhost`. */
  hosts: string[];
  /** Null: 8080. */
  port: number | null;
}

const ALONE: ServerFile = { stays: false, listen: [], hosts: [], port: null };

/** What was said last; where nothing was, it is one person's. */
export function readServerFile(home: Home): ServerFile {
  try {
    return { ...ALONE, ...(JSON.parse(readFileSync(fileOf(home), 'utf8')) as Partial<ServerFile>) };
  } catch {
    return ALONE;
  }
}

export function writeServerFile(home: Home, file: ServerFile): void {
  writeDurably(fileOf(home), `${JSON.stringify(file, null, 2)}\n`);
}

function fileOf(home: Home): string {
  return path.join(home.root, 'server.json');
}
