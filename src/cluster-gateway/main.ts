import { existsSync, mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError } from '../core/errors/index.ts';
import { HttpCluster, inClusterAccess } from '../engines/kubernetes/index.ts';
import { connectGateway, startGateway } from '../gateway/index.ts';
import { serveAdmin } from './admin.ts';
import { Feed } from './feed.ts';

/** The gateway's process in a pod. Its environment says where it is and how long it takes to leave, ms. */
const FOLDER = '/tmp/gateway';
const setting = {
  port: Number(setOf('PORT')),
  metricsPort: Number(setOf('METRICS_PORT')),
  name: setOf('ESCALE_GATEWAY'),
  namespace: setOf('ESCALE_NAMESPACE'),
  retireMs: Number(setOf('ESCALE_RETIRE_MS')),
  leaveMs: Number(setOf('ESCALE_LEAVE_MS')),
  drainMs: Number(setOf('ESCALE_DRAIN_MS')),
};

function setOf(name: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is not set: this is started by the objects that \`escale render kubernetes\` makes`);
  process.exit(2);
}

function log(level: 'info' | 'warn', message: string): void {
  console.log(`${new Date().toISOString()} ${level} ${message}`);
}

mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
const controlSocket = `${FOLDER}/control.sock`;
const gateway = await startGateway({
  // Where the kernel knows IPv6 this is both families.
  http: { host: existsSync('/proc/net/if_inet6') ? '::' : '0.0.0.0', port: setting.port },
  controlSocket,
  tableFile: `${FOLDER}/table.json`,
  log,
  limits: { closeMs: setting.drainMs, connectMs: 1000 },
});
const traffic = connectGateway({ controlSocket });
const cluster = new HttpCluster(() => {
  const access = inClusterAccess(process.env);
  if (access === null) throw new EscaleError('cluster-config', 'this pod has no account of the cluster');
  return access;
});
const feed = new Feed({ cluster, traffic, ...setting, log });
let isLeaving = false;
await serveAdmin(
  {
    notReady: () => {
      if (isLeaving) return 'leaving';
      return gateway.tableVersion < 0 ? 'no table yet' : null;
    },
    metrics: () => gateway.metrics(),
  },
  setting.metricsPort,
);
log('info', `carries requests on port ${setting.port}`);

async function leave(): Promise<void> {
  log('info', 'retires');
  gateway.retire();
  await pause(setting.retireMs);
  isLeaving = true;
  await pause(setting.leaveMs);
  feed.close();
  traffic.close();
  await gateway.close();
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void leave());
