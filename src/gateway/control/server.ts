import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TrafficCommand, TrafficEvent, TrafficTable } from '../../core/contracts/index.ts';
import { isTable } from '../table/check.ts';
import { readLines, writeLine } from './lines.ts';

export type Applied = Extract<TrafficEvent, { type: 'applied' }>;

export type Acknowledge = (applied: Applied, news: TrafficEvent[]) => void;

/** What the control socket asks of the gateway. */
export interface Controlled {
  /**
   * Calls `acknowledge` before any event that follows from the table is broadcast, with what had happened before
   * and the sender should hear (again): finished drains, and for a newcomer every judged readiness.
   */
  apply(table: TrafficTable, isNewcomer: boolean, acknowledge: Acknowledge): Promise<void>;
  status(): TrafficEvent;
  metrics(): string;
}

/** The control socket: mode 0600, one JSON object a line, any number of clients. */
export class ControlServer {
  private readonly controlled: Controlled;
  private readonly clients = new Set<Socket>();
  private server: Server | null = null;

  constructor(controlled: Controlled) {
    this.controlled = controlled;
  }

  /** Listens at `path`; a socket file that nobody listens on is replaced, a living one is an error. */
  async listen(path: string): Promise<void> {
    if (await isAlive(path))
      throw Object.assign(new Error(`${path}: a gateway runs already`), { code: 'EADDRINUSE' });
    rmSync(path, { force: true });
    const server = createServer((socket) => this.serve(socket));
    this.server = server;
    // The file must never be open to others, not even for a moment.
    const umask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, () => resolve());
        process.umask(umask);
      });
    } finally {
      process.umask(umask);
    }
    chmodSync(path, 0o600);
  }

  broadcast(event: TrafficEvent): void {
    for (const socket of this.clients) writeLine(socket, event);
  }

  close(): void {
    this.server?.close();
    for (const socket of this.clients) socket.destroy();
  }

  private serve(socket: Socket): void {
    let isNewcomer = true;
    this.clients.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.clients.delete(socket));
    readLines(socket, (value) => {
      this.obey(socket, value, isNewcomer);
      isNewcomer = false;
    });
  }

  private obey(socket: Socket, value: unknown, isNewcomer: boolean): void {
    const command = value as Partial<TrafficCommand> | null;
    if (command?.type === 'status') writeLine(socket, this.controlled.status());
    else if (command?.type === 'metrics')
      writeLine(socket, { type: 'metrics', text: this.controlled.metrics() });
    else if (command?.type === 'apply' && isTable(command.table))
      void this.apply(socket, command.table, isNewcomer);
    else socket.destroy();
  }

  private async apply(socket: Socket, table: TrafficTable, isNewcomer: boolean): Promise<void> {
    await this.controlled.apply(table, isNewcomer, (applied, news) => {
      writeLine(socket, applied);
      for (const event of news) writeLine(socket, event);
    });
  }
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (alive: boolean) => (): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.on('connect', answer(true));
    socket.on('error', answer(false));
  });
}
