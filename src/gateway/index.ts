export { connectGateway, type GatewayConnection } from './control/client.ts';
export { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';
export type { Limits } from './limits.ts';
export type { ListenAddress } from './listeners.ts';
export type { AccessLogOptions } from './telemetry/access-log.ts';
