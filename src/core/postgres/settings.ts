export interface ServerPlace {
  /** Addresses, or `*`. */
  listen: string;
  /** Folder of its Unix socket, for its own user only; null: none. */
  sockets: string | null;
}

/** `escale.conf` of a data folder: for machines that run several servers. Each line that is not plain thrift says why. */
export const serverSettings = ({
  listen,
  sockets,
}: ServerPlace) => `# Escale's settings, rewritten at each start. The port comes from the command line.

listen_addresses = '${listen}'
${socketSettings(sockets)}password_encryption = 'scram-sha-256'

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

function socketSettings(folder: string | null): string {
  if (folder !== null) return `unix_socket_directories = '${folder}'\nunix_socket_permissions = 0700\n`;
  return `# Their paths would have at most 107 characters, and who may log in is settled by passwords alone.
unix_socket_directories = ''
`;
}

/**
 * Options of `initdb`. The same on every host: Unicode's own order of code points, not the host's locales, which change with its
 * libc. Nobody may log in before Escale's own settings are there.
 */
export const CLUSTER_OPTIONS = [
  '--username=postgres',
  '--auth=reject',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--data-checksums',
  '--no-instructions',
];
