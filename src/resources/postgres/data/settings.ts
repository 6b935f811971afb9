import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResourceAt } from '../../../core/contracts/index.ts';
import { SUPERUSER, serverSettings } from '../../../core/postgres/index.ts';
import { writeDurably } from '../../../host/index.ts';

type Network = NonNullable<ResourceAt['networks']>[number];

/** Who may come in: everybody from this host with a password, and backups; and with a password those of its environment's network. */
const admission = (networks: Network[]) => `# Escale's, rewritten at each start.
host all all 127.0.0.1/32 scram-sha-256
host replication ${SUPERUSER} 127.0.0.1/32 scram-sha-256
${networks.map(({ subnet }) => `host all all ${subnet} scram-sha-256\n`).join('')}`;

const INCLUDE = "include 'escale.conf'";

/** Puts Escale's settings into a data folder that no server uses. */
export function writeSettings(data: string, networks: Network[] = []): void {
  const listen = ['127.0.0.1', ...networks.map(({ host }) => host)].join(', ');
  writeChanged(path.join(data, 'escale.conf'), serverSettings({ listen, sockets: null }));
  writeChanged(path.join(data, 'pg_hba.conf'), admission(networks));
  const file = path.join(data, 'postgresql.conf');
  const main = readFileSync(file, 'utf8');
  if (!main.trimEnd().endsWith(INCLUDE)) writeChanged(file, `${main.trimEnd()}\n\n${INCLUDE}\n`);
}

function writeChanged(file: string, text: string): void {
  let before: string | null = null;
  try {
    before = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (before !== text) writeDurably(file, text);
}
