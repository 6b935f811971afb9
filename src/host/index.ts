export { ChangeCount } from './change-count.ts';
export { diskProblem, syncFolder, writeDurably } from './durable-file.ts';
export { EventRing, type NumberedEvent } from './event-ring.ts';
export { gitEnvironment } from './git-environment.ts';
export { http, https } from './http-module.ts';
export { isInsideAddress, outsideAddresses } from './inside-address.ts';
export type { JsonClient } from './json-client.ts';
export { type ListeningSocket, parseSockets } from './listening-sockets.ts';
export { type PostgresPackage, postgresPackage } from './postgres-package.ts';
export {
  bootId,
  identify,
  isAlive,
  type ProcessIdentity,
  type ProcessStat,
  processStat,
  readProc,
} from './process-identity.ts';
export { type SingleInstanceLock, takeLock } from './single-instance.ts';
export { connectSocket, type SocketClient } from './socket-client.ts';
export {
  type Call,
  errorBody,
  type Handler,
  type RouteTable,
  serveSocket,
  untilSaid,
} from './socket-server.ts';
export { connectWeb, type WebAddress } from './web-client.ts';
