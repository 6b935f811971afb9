import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { background } from './programs.ts';

/** Debian's `docker-registry` on loopback, with a folder of its own. */
export interface RealRegistry {
  /** `127.0.0.1:PORT`. */
  host: string;
  /** Where it keeps everything. */
  folder: string;
  stop(): Promise<void>;
}

export async function realRegistry(): Promise<RealRegistry> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const file = path.join(folder, 'config.yml');
  writeFileSync(file, configuration(folder, host));
  const isUp = async () => (await fetch(`http://${host}/v2/`)).ok;
  const stop = await background('docker-registry', ['serve', file], isUp);
  return {
    ...{ host, folder },
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, host: string): string {
  return `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${JSON.stringify(path.join(folder, 'data'))} } }
http: { addr: ${JSON.stringify(host)} }
`;
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
