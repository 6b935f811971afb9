import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { ResourceAt } from '../../../core/contracts/index.ts';

import { endServersIn } from './server.ts';

/** Whoever wants to be rid of something later: a test, a bench. */
export interface Owner {
  after(work: () => unknown): void;
}

/** Shared by all tests of one file, as by all resources of a home. */
export const cache = mkdtempSync(path.join(os.tmpdir(), 'escale-postgres-cache-'));
process.once('exit', () => rmSync(cache, { recursive: true, force: true }));

/** An empty folder that other users may pass through, gone after the test. */
export function temporary(t: Owner): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-postgres-'));
  chmodSync(folder, 0o711);
  t.after(async () => {
    await endServersIn(folder);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A place for a resource of its own, on a free port. */
export async function place(t: Owner, changes: Partial<ResourceAt> = {}): Promise<ResourceAt> {
  const folder = path.join(temporary(t), 'db');
  const at = { system: 'shop', environment: 'local', name: 'db', folder, port: await freePort() };
  return { ...at, external: null, ...changes };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
