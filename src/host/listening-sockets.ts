/** State `0A` of /proc/net/tcp: TCP_LISTEN (include/net/tcp_states.h). */
const LISTEN = '0A';

export interface ListeningSocket {
  port: number;
  inode: string;
  /** The address as the kernel writes it, hexadecimal. */
  address: string;
}

/** Rows of /proc/net/tcp (proc_net_tcp(5)): `sl local_address rem_address st … inode`. */
export function parseSockets(table: string): ListeningSocket[] {
  return table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN)
    .map((fields) => {
      const [address, port] = fields[1]!.split(':');
      return { address: address!, port: Number.parseInt(port!, 16), inode: fields[9]! };
    });
}
