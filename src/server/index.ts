export type { SecretAt, SecretView } from '../secrets/index.ts';
export type * from './api/types.ts';
export { type ControlPlaneClient, connectControlPlane, connectRemote } from './client.ts';
export { type Context, Contexts, contextName, LOCAL, loginAddress } from './contexts.ts';
export { dockerHere } from './docker-here.ts';
export {
  claimKeeping,
  endKeeping,
  joinLocal,
  keepLocal,
  type LocalEscale,
  livingProcesses,
  localSetting,
  startLocal,
  stopLocal,
  stopLocalIfIdle,
  takeOver,
} from './local.ts';
export type { WebhookView } from './notices/index.ts';
export { lineText, testsText } from './pipelines/line-text.ts';
export { readServerFile, type ServerFile, writeServerFile } from './processes/server-file.ts';
export { webAddress } from './processes/setting.ts';
export { PAGES_HOST } from './routes-claimed.ts';
export { restoreSelf } from './self-backup.ts';
