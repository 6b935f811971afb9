import os from 'node:os';
import path from 'node:path';
import { portHolder } from '../../engines/process/index.ts';
import { startGateway } from '../../gateway/index.ts';
import { takeLock } from '../../host/index.ts';
import { EXIT_LOCKED, EXIT_TAKEN } from './keeper.ts';
import { logOnFullDisk } from './own-log.ts';
import { writePidFile } from './pid-file.ts';
import { readSetting } from './setting.ts';

/** The gateway's process: carries traffic by its last table, whoever else is alive. */
logOnFullDisk();
const { home, httpPort, server } = readSetting();
const lock = takeLock(path.join(home.run, 'gateway.lock'));
if (lock === null) process.exit(EXIT_LOCKED);
writePidFile(home, 'gateway');

/** Browsers may take either for `*.localhost`. */
function loopbackHosts(): string[] {
  const addresses = Object.values(os.networkInterfaces()).flatMap((one) => one ?? []);
  return ['127.0.0.1', ...(addresses.some(({ address }) => address === '::1') ? ['::1'] : [])];
}

/** An address for all of them leaves none over. */
function hostsToListenOn(): string[] {
  const wild = server.listen.filter((host) => host === '0.0.0.0' || host === '::');
  return wild.length > 0 ? wild : [...new Set([...loopbackHosts(), ...server.listen])];
}

const gateway = await startGateway({
  http: hostsToListenOn().map((host) => ({ host, port: httpPort })),
  controlSocket: home.gatewaySocket,
  tableFile: path.join(home.gateway, 'table.json'),
  accessLog: path.join(home.logs, 'access.jsonl'),
  log: (level, message) => console.log(`${new Date().toISOString()} ${level} ${message}`),
}).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(`port ${httpPort} is held by ${portHolder(httpPort)}`);
  process.exit(EXIT_TAKEN);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void gateway.close().then(() => process.exit(0)));
