import net, { type AddressInfo, type Socket } from 'node:net';

/** Stands between an Escale of a test and the API server of a real cluster, so that it can be gone. */
export class ApiProxy {
  private readonly to: { host: string; port: number };
  private readonly sockets = new Set<Socket>();
  private server = net.createServer();
  private isSilent = false;
  port = 0;

  static async start(server: string): Promise<ApiProxy> {
    const { hostname, port } = new URL(server);
    const proxy = new ApiProxy({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) });
    await proxy.comeBack();
    return proxy;
  }

  private constructor(to: { host: string; port: number }) {
    this.to = to;
  }

  /** Nobody listens any more, and what was connected is cut off. */
  async leave(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  /** It listens again where it was. */
  async comeBack(): Promise<void> {
    this.isSilent = false;
    this.server = net.createServer((socket) => this.forward(socket));
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Connections end in the middle; new ones are taken. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Connections stay, and nobody says anything any more. */
  silence(): void {
    this.isSilent = true;
    for (const socket of this.sockets) socket.pause().unpipe();
  }

  private forward(socket: Socket): void {
    this.keep(socket);
    if (this.isSilent) return;
    const upstream = this.keep(net.connect(this.to));
    socket.pipe(upstream).pipe(socket);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ])
      one!.once('close', () => other!.destroy());
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('error', () => {}).once('close', () => this.sockets.delete(socket));
    return socket;
  }
}
