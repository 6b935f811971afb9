import { join } from 'node:path';
import { startGateway } from '../../../src/gateway/index.ts';

/** The gateway alone in a process, as it runs in a system: metrics, access log and probes on. */
const [folder, port] = process.argv.slice(2);
const gateway = await startGateway({
  http: { port: Number(port) },
  controlSocket: join(folder!, 'control.sock'),
  tableFile: join(folder!, 'table.json'),
  accessLog: join(folder!, 'access.log'),
});
process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
