import path from 'node:path';
import { DockerRuntime, dockerSocket } from '../../engines/docker/index.ts';
import { ProcessRuntime } from '../../engines/process/index.ts';
import { connectGateway } from '../../gateway/index.ts';
import { serveSocket, takeLock } from '../../host/index.ts';
import { Vault } from '../../secrets/index.ts';
import { Runtimes, Supervisor, supervisorRoutes } from '../../supervisor/index.ts';
import { imageSource } from '../image-source.ts';
import { kindsOf } from '../kinds.ts';
import { PAGES_HOST } from '../routes-claimed.ts';
import { hostRoutes } from '../targets/index.ts';
import { EXIT_LOCKED, Keeper } from './keeper.ts';
import { keptProcess } from './kept-processes.ts';
import { logOnFullDisk } from './own-log.ts';
import { readPid, writePidFile } from './pid-file.ts';
import { readSetting } from './setting.ts';

/** The supervisor's process: this host's instances, and the gateway they are reached through. */
logOnFullDisk();
const { home, owner, server, target } = readSetting();
const lock = takeLock(path.join(home.run, 'supervisor.lock'));
if (lock === null) process.exit(EXIT_LOCKED);

const log = (message: string) => console.log(`${new Date().toISOString()} ${message}`);
const gatewayKeeper = new Keeper(keptProcess('gateway', home), { onProblem: log });
const controlKeeper = new Keeper(keptProcess('control-plane', home), { onProblem: log });

const traffic = connectGateway({ controlSocket: home.gatewaySocket });
const processes = new ProcessRuntime({
  folder: path.join(home.supervisor, 'instances'),
  owner,
  programFolders: [path.dirname(process.execPath)],
  compileCaches: path.join(home.supervisor, 'compiled'),
  mustReach: [home.artifacts, home.packages, home.volumes, process.execPath],
});
const docker = new DockerRuntime({
  folder: path.join(home.supervisor, 'docker'),
  owner,
  socket: () => dockerSocket(process.env),
  images: imageSource(home, target?.imageBase ?? undefined),
});
const runtime = new Runtimes({ process: processes, docker });
const vault = new Vault({ folder: home.secrets, keyFile: home.secretKey, now: Date.now });
const kinds = kindsOf(home);
const supervisor = new Supervisor({
  folder: home.supervisor,
  volumes: home.volumes,
  resources: home.resources,
  kinds,
  secrets: vault,
  masked: (system, text) => vault.masked(system, text),
  logs: home.logs,
  runtime,
  traffic,
  clock: { now: () => Date.now() },
  // The pages of a host that is kept from elsewhere are there.
  pages:
    target === null ? { hosts: [PAGES_HOST, ...server.hosts], address: { path: home.pagesSocket } } : null,
  gateway: () => ({ pid: readPid(home, 'gateway'), problem: gatewayKeeper.problem }),
});

function stop(): void {
  controlKeeper.stop();
  gatewayKeeper.stop();
  supervisor.close();
  processes.close();
  docker.close();
  const gateway = readPid(home, 'gateway');
  if (gateway !== null) process.kill(gateway, 'SIGTERM');
  process.exit(0);
}

/** Another life of it, of a newer version, takes over: instances and gateway go on meanwhile. */
function retire(): void {
  controlKeeper.stop();
  gatewayKeeper.stop();
  setImmediate(() => process.exit(0));
}

writePidFile(home, 'supervisor');
await supervisor.start();
if (supervisor.damagedState !== null)
  log(
    `the state could not be read, and is kept as ${supervisor.damagedState}; what runs is adopted as it is`,
  );
const secretsOf = (environment: string) => supervisor.secretsOf(environment);
await serveSocket(home.supervisorSocket, {
  ...(target !== null && hostRoutes({ home, kinds, vault, secretsOf })),
  ...supervisorRoutes(supervisor, { stop, retire, program: import.meta.dirname }),
});
void gatewayKeeper.start();
if (target === null) void controlKeeper.start();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
process.on('SIGHUP', () => {});
