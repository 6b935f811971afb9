import { connect, type Socket } from 'node:net';
import type {
  Traffic,
  TrafficCommand,
  TrafficEvent,
  TrafficProblem,
  TrafficTable,
} from '../../core/contracts/index.ts';
import { readLines, writeLine } from './lines.ts';

export interface GatewayConnection {
  controlSocket: string;
  /** Pause before it connects again, ms. */
  retryMs?: number;
}

/** The supervisor's hold of a gateway, which may come and go. */
export function connectGateway(connection: GatewayConnection): Traffic {
  return new TrafficClient(connection);
}

type Acknowledged = { version: number; problems: TrafficProblem[] };
type Status = Extract<TrafficEvent, { type: 'status' }>;
type Listener = Parameters<Traffic['onEvent']>[0];

class TrafficClient implements Traffic {
  private readonly path: string;
  private readonly retryMs: number;
  private readonly listeners: Listener[] = [];
  private socket: Socket | null = null;
  private isConnected = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | null = null;
  private table: TrafficTable | null = null;
  private unacknowledged: { version: number; resolve: (applied: Acknowledged) => void }[] = [];
  private statusWaiters: ((status: Status) => void)[] = [];
  private metricsWaiters: ((text: string) => void)[] = [];

  constructor({ controlSocket, retryMs = 100 }: GatewayConnection) {
    this.path = controlSocket;
    this.retryMs = retryMs;
    this.connect();
  }

  apply(table: TrafficTable): Promise<Acknowledged> {
    if (this.table === null || table.version >= this.table.version) this.table = table;
    return new Promise((resolve) => {
      this.unacknowledged.push({ version: table.version, resolve });
      this.send({ type: 'apply', table });
    });
  }

  status(): Promise<Status> {
    return new Promise((resolve) => {
      this.statusWaiters.push(resolve);
      this.send({ type: 'status' });
    });
  }

  metrics(): Promise<string> {
    return new Promise((resolve) => {
      this.metricsWaiters.push(resolve);
      this.send({ type: 'metrics' });
    });
  }

  onEvent(listener: Listener): void {
    this.listeners.push(listener);
    if (this.isConnected) listener({ type: 'connected' });
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.destroy();
  }

  private connect(): void {
    const socket = connect(this.path);
    this.socket = socket;
    socket.on('connect', () => this.connected());
    socket.on('error', () => {});
    socket.on('close', () => this.lost());
    readLines(socket, (event) => this.heard(event as TrafficEvent));
  }

  private connected(): void {
    this.isConnected = true;
    this.tell({ type: 'connected' });
    if (this.table !== null) this.send({ type: 'apply', table: this.table });
    for (const _ of this.statusWaiters) this.send({ type: 'status' });
    for (const _ of this.metricsWaiters) this.send({ type: 'metrics' });
  }

  private lost(): void {
    const wasConnected = this.isConnected;
    this.isConnected = false;
    if (this.isClosed) return;
    if (wasConnected) this.tell({ type: 'lost' });
    this.timer = setTimeout(() => this.connect(), this.retryMs);
  }

  private heard(event: TrafficEvent): void {
    if (event.type === 'applied') this.acknowledge(event);
    else if (event.type === 'status') this.statusWaiters.shift()?.(event);
    else if (event.type === 'metrics') this.metricsWaiters.shift()?.(event.text);
    else this.tell(event);
  }

  private acknowledge({ version, problems }: Acknowledged): void {
    const answered = this.unacknowledged.filter((waiting) => waiting.version <= version);
    this.unacknowledged = this.unacknowledged.filter((waiting) => waiting.version > version);
    for (const { resolve } of answered) resolve({ version, problems });
  }

  private tell(event: Parameters<Listener>[0]): void {
    for (const listener of this.listeners) listener(event);
  }

  private send(command: TrafficCommand): void {
    if (this.socket !== null && this.isConnected) writeLine(this.socket, command);
  }
}
