import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResourceAt } from '../../../core/contracts/index.ts';
import { writeDurably } from '../../../host/index.ts';
import { SUPERUSER } from './names.ts';

type Network = NonNullable<ResourceAt['networks']>[number];

/** For a laptop that runs several of them. Each line that is not plain thrift says why. */
const settings = (
  networks: Network[],
) => `# Escale's settings, rewritten at each start. The port comes from the command line.

listen_addresses = '${['127.0.0.1', ...networks.map(({ host }) => host)].join(', ')}'
# Their paths would have at most 107 characters, and who may log in is settled by passwords alone.
unix_socket_directories = ''
password_encryption = 'scram-sha-256'

max_connections = 100
# So that people can look into it while an application takes all the others.
superuser_reserved_connections = 3
reserved_connections = 3
shared_buffers = '64MB'
max_wal_size = '256MB'
min_wal_size = '32MB'
io_workers = 1
# Compiling a query costs more than it saves for small ones.
jit = off

# What was answered survives kill -9 and a power cut.
fsync = on
synchronous_commit = on
full_page_writes = on
# Base backups over the replication protocol.
wal_level = 'replica'
max_wal_senders = 4

# A statement whose client is gone is ended.
client_connection_check_interval = '2s'

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# Escale keeps its output.
log_destination = 'stderr'
logging_collector = off
log_line_prefix = ''
log_checkpoints = off
# Statements hold people's data, and passwords; the application gets the error, and knows its statement.
log_min_error_statement = panic
`;

/** Who may come in: everybody from this host with a password, and backups; and with a password those of its environment's network. */
const admission = (networks: Network[]) => `# Escale's, rewritten at each start.
host all all 127.0.0.1/32 scram-sha-256
host replication ${SUPERUSER} 127.0.0.1/32 scram-sha-256
${networks.map(({ subnet }) => `host all all ${subnet} scram-sha-256\n`).join('')}`;

const INCLUDE = "include 'escale.conf'";

/** Puts Escale's settings into a data folder that no server uses. */
export function writeSettings(data: string, networks: Network[] = []): void {
  writeChanged(path.join(data, 'escale.conf'), settings(networks));
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
