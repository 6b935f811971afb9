import net from 'node:net';

/**
 * Ports of this host that are about to be used: of several Escales only one gets each. A claim is an abstract unix
 * socket, so the kernel decides who is first, and frees it with its process.
 */
export class PortClaims {
  private readonly held: net.Server[] = [];

  /** Whether the port is this one's from now on; false when anybody has claimed it, this one included. */
  take(port: number): Promise<boolean> {
    const claim = net.createServer((socket) => socket.destroy()).unref();
    return new Promise((resolve) => {
      claim.once('error', () => resolve(false));
      claim.listen(`\0escale-port-${port}`, () => {
        this.held.push(claim);
        resolve(true);
      });
    });
  }

  close(): void {
    for (const claim of this.held.splice(0)) claim.close();
  }
}
