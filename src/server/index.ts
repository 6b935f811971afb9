export type { SecretAt, SecretView } from '../secrets/index.ts';
export type * from './api/types.ts';
export { type ControlPlaneClient, connectControlPlane } from './client.ts';
export {
  joinLocal,
  type LocalEscale,
  livingProcesses,
  localSetting,
  startLocal,
  stopLocalIfIdle,
} from './local.ts';
export { PAGES_HOST } from './routes-claimed.ts';
