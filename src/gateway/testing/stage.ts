import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Traffic,
  TrafficEvent,
  TrafficInstance,
  TrafficService,
  TrafficTable,
} from '../../core/contracts/index.ts';
import { connectGateway, type Gateway, type GatewayOptions, startGateway } from '../index.ts';

export const HOST = 'app.localhost';
export const SERVICE = 'local/app/web';

export type StageEvent = TrafficEvent | { type: 'connected' } | { type: 'lost' };

/** A real gateway with a supervisor's connection, in a folder of its own. */
export interface Stage {
  gateway: Gateway;
  traffic: Traffic;
  folder: string;
  port: number;
  events: StageEvent[];
  /** Applies a table with one service; gives its version. */
  apply(
    instances: TrafficInstance[],
    service?: Partial<TrafficService>,
    table?: Partial<TrafficTable>,
  ): Promise<number>;
  /** Resolves with the first event, past or to come, that `matches`. */
  event(matches: (event: StageEvent) => boolean): Promise<StageEvent>;
  close(): Promise<void>;
}

export async function startStage(options: Partial<GatewayOptions> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  const controlSocket = join(folder, 'control.sock');
  const tableFile = join(folder, 'table.json');
  const gateway = await startGateway({ http: { port: 0 }, controlSocket, tableFile, ...options });
  const traffic = connectGateway({ controlSocket, retryMs: 10 });
  const events: StageEvent[] = [];
  const waiting = new Set<() => void>();
  traffic.onEvent((event) => {
    events.push(event);
    for (const look of waiting) look();
  });
  let version = 0;
  return {
    gateway,
    traffic,
    folder,
    port: gateway.addresses[0]!.port,
    events,
    async apply(instances, service = {}, table = {}) {
      version++;
      await traffic.apply({ ...tableOf(version, instances, service), ...table });
      return version;
    },
    event: (matches) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(matches);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async close() {
      traffic.close();
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A table that routes `app.localhost` to one service; its instances are probed by TCP alone. */
export function tableOf(
  version: number,
  instances: TrafficInstance[],
  service: Partial<TrafficService> = {},
): TrafficTable {
  return {
    version,
    routes: [{ host: HOST, prefix: '/', service: SERVICE }],
    internal: [],
    services: [
      {
        key: SERVICE,
        instances,
        probe: { path: null, intervalMs: 200, timeoutMs: 1_000, failures: 3, stableMs: 0 },
        drain: { requestsMs: 5_000, upgradesMs: 5_000 },
        hold: { timeoutMs: 5_000, max: 100 },
        responseTimeoutMs: 10_000,
        ...service,
      },
    ],
  };
}

export function instanceAt(
  id: string,
  port: number,
  rotation: TrafficInstance['rotation'] = 'in',
): TrafficInstance {
  return { id, release: 1, rotation, address: { host: '127.0.0.1', port } };
}

/** Matches the event that `id` is ready. */
export function isReady(id: string): (event: StageEvent) => boolean {
  return (event) => event.type === 'readiness' && event.instance === id && event.readiness === 'ready';
}
