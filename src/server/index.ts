export type { SecretAt, SecretView } from '../secrets/index.ts';
export type * from './api/types.ts';
export { type ControlPlaneClient, connectControlPlane, connectRemote } from './client.ts';
export { type Context, Contexts, contextName, LOCAL, loginAddress } from './contexts.ts';
export {
  joinLocal,
  type LocalEscale,
  livingProcesses,
  localSetting,
  startLocal,
  stopLocalIfIdle,
} from './local.ts';
export type { WebhookView } from './notices/index.ts';
export { lineText, testsText } from './pipelines/line-text.ts';
export { PAGES_HOST } from './routes-claimed.ts';
