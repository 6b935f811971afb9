import { randomBytes } from 'node:crypto';
import type { AddressInfo, Server, Socket } from 'node:net';
import type {
  InternalListener,
  TrafficEvent,
  TrafficProblem,
  TrafficTable,
} from '../core/contracts/index.ts';
import { ClientConnection } from './client/connection.ts';
import type { DataPlane, Entry } from './client/data-plane.ts';
import { type Acknowledge, type Controlled, ControlServer } from './control/server.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { InternalListeners, type ListenAddress, listen } from './listeners.ts';
import { readTable, writeTable } from './table/file.ts';
import { Registry } from './table/registry.ts';
import { AccessLog, type AccessLogOptions } from './telemetry/access-log.ts';
import { exposition } from './telemetry/exposition.ts';
import { PlaneMeter } from './telemetry/meter.ts';

export interface GatewayOptions {
  /** Public listeners. */
  http: ListenAddress | ListenAddress[];
  /** Path of the unix socket for the supervisor (mode 0600). */
  controlSocket: string;
  /** Where the last table is kept: with it the gateway works before anybody connects. */
  tableFile: string;
  /** JSON lines; left out: none are written. */
  accessLog?: string | AccessLogOptions;
  /** Hears what an operator should know; left out: nobody. */
  log?: (level: 'info' | 'warn', message: string) => void;
  limits?: Partial<Limits>;
}

export interface Gateway {
  /** Where the public listeners are, in the order of the options. */
  readonly addresses: { host: string; port: number }[];
  /** Of the table that is routed by; negative: there is none yet. */
  readonly tableVersion: number;
  /** Prometheus text format. */
  metrics(): string;
  /** From now on each answer ends its connection, so that clients come back to whoever takes over. New ones are still taken. */
  retire(): void;
  /** Stops accepting, lets requests in flight finish (at most `limits.closeMs`), closes. */
  close(): Promise<void>;
}

/** Starts a gateway. Rejects with node's error when a public port or the control socket is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new RunningGateway(options);
  try {
    await gateway.start();
  } catch (error) {
    await gateway.close();
    throw error;
  }
  return gateway;
}

class RunningGateway implements Gateway, DataPlane, Controlled {
  readonly limits: Limits;
  readonly accessLog: AccessLog;
  readonly meter = new PlaneMeter();
  readonly addresses: { host: string; port: number }[] = [];
  isRetired = false;
  isClosing = false;
  private readonly options: GatewayOptions;
  private readonly registry: Registry;
  private readonly control = new ControlServer(this);
  private readonly internal = new InternalListeners((socket, entry) => this.accept(socket, entry));
  private readonly servers: Server[] = [];
  private readonly connections = new Set<ClientConnection>();
  private readonly idPrefix = randomBytes(6).toString('hex');
  private idCount = 0;
  private sweeper: NodeJS.Timeout | null = null;
  private problems: TrafficProblem[] = [];
  private internalTable: InternalListener[] = [];
  private applying: Promise<void> = Promise.resolve();
  private withheld: TrafficEvent[] | null = null;
  private whenEmpty: (() => void) | null = null;

  constructor(options: GatewayOptions) {
    this.options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { accessLog = null } = options;
    this.accessLog = new AccessLog(typeof accessLog === 'string' ? { path: accessLog } : accessLog);
    this.registry = new Registry(this.limits, (event) => this.emit(event));
  }

  get routes(): Registry['routes'] {
    return this.registry.routes;
  }

  get tableVersion(): number {
    return this.registry.version;
  }

  get services(): Registry['services'] {
    return this.registry.services;
  }

  async start(): Promise<void> {
    const table = await readTable(this.options.tableFile, (reason) =>
      this.say('warn', `table file: ${reason}`),
    );
    if (table !== null) await this.carryOut(table);
    const entry: Entry = { service: null, protocol: 'http' };
    for (const address of [this.options.http].flat()) {
      const server = await listen(address, entry, (socket, via) => this.accept(socket, via));
      this.servers.push(server);
      const { address: host, port } = server.address() as AddressInfo;
      this.addresses.push({ host, port });
    }
    this.sweeper = setInterval(() => this.sweep(), this.limits.sweepMs);
    await this.control.listen(this.options.controlSocket);
  }

  nextRequestId(): string {
    return `${this.idPrefix}-${(++this.idCount).toString(36)}`;
  }

  metrics(): string {
    const { meter: plane, accessLog } = this;
    const services = [...this.services.values()];
    return exposition({
      services,
      plane,
      tableVersion: this.registry.version,
      lostLogLines: accessLog.lostLines,
    });
  }

  status(): TrafficEvent {
    const services = [...this.services.values()].map((service) => service.traffic());
    const instances = this.registry.traffic();
    const { version } = this.registry;
    return { type: 'status', version, instances, services, internal: this.internalTable };
  }

  /** Tables are carried out one after the other; what follows from one is told after its acknowledgment. */
  apply(table: TrafficTable, isNewcomer: boolean, acknowledge: Acknowledge): Promise<void> {
    this.applying = this.applying.then(async () => {
      const news = isNewcomer ? this.registry.snapshot() : this.registry.finishedDrains();
      this.withheld = [];
      if (table.version >= this.registry.version) await this.carryOut(table);
      const withheld: TrafficEvent[] = this.withheld;
      this.withheld = null;
      acknowledge({ type: 'applied', version: this.registry.version, problems: this.problems }, news);
      for (const event of withheld) this.control.broadcast(event);
    });
    return this.applying;
  }

  retire(): void {
    this.isRetired = true;
  }

  async close(): Promise<void> {
    this.retire();
    this.isClosing = true;
    this.control.close();
    this.internal.close();
    for (const server of this.servers) server.close();
    for (const connection of [...this.connections]) connection.stop();
    await this.emptied();
    if (this.sweeper !== null) clearInterval(this.sweeper);
    this.registry.close();
    await this.accessLog.close();
  }

  private async carryOut(table: TrafficTable): Promise<void> {
    const isNew = table.version > this.registry.version;
    this.registry.swap(table);
    this.internalTable = table.internal;
    this.problems = await this.internal.become(table.internal);
    for (const { service, message } of this.problems) this.say('warn', `${service}: ${message}`);
    if (!isNew) return;
    try {
      await writeTable(this.options.tableFile, table);
    } catch (error) {
      this.problems.push({ code: 'table-not-kept', service: '', message: String(error) });
    }
  }

  private emit(event: TrafficEvent): void {
    if (this.withheld !== null) this.withheld.push(event);
    else this.control.broadcast(event);
  }

  private accept(accepted: Socket, entry: Entry): void {
    this.meter.connections++;
    if (this.connections.size >= this.limits.connections) {
      this.meter.connectionsRejected++;
      accepted.destroy();
      return;
    }
    const connection = new ClientConnection(accepted, this, entry);
    this.connections.add(connection);
    this.meter.connectionsOpen++;
    connection.socket.on('close', () => {
      this.connections.delete(connection);
      this.meter.connectionsOpen--;
      if (this.connections.size === 0) this.whenEmpty?.();
    });
  }

  private sweep(): void {
    const now = performance.now();
    for (const connection of this.connections) if (connection.deadline <= now) connection.expired();
    this.registry.closeExpired(now);
  }

  private emptied(): Promise<void> {
    if (this.connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenEmpty = resolve;
      setTimeout(() => {
        for (const connection of this.connections) connection.socket.destroy();
      }, this.limits.closeMs).unref();
    });
  }

  private say(level: 'info' | 'warn', message: string): void {
    this.options.log?.(level, message);
  }
}
