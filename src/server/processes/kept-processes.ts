import path from 'node:path';
import type { Home } from '../../core/home/index.ts';
import type { Kept } from './keeper.ts';
import { type ProcessName, readPid } from './pid-file.ts';

/** The gateway's is larger: it makes garbage with every request. */
const YOUNG_MEGABYTES: Record<ProcessName, number> = { 'control-plane': 1, supervisor: 1, gateway: 2 };

/** How one of Escale's own processes is started and recognised. */
export function keptProcess(name: ProcessName, home: Home): Kept {
  const sockets = {
    'control-plane': home.controlSocket,
    supervisor: home.supervisorSocket,
    gateway: home.gatewaySocket,
  };
  return {
    name,
    entry: `${name}.ts`,
    socket: sockets[name],
    logFile: path.join(home.logs, `${name}.log`),
    env: process.env,
    pid: () => readPid(home, name),
    youngMegabytes: YOUNG_MEGABYTES[name],
  };
}
