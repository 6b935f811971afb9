export { bundle, unbundle } from './bundle.ts';
export { endLeft } from './left.ts';
export {
  type PushHead,
  type PushVoice,
  type RefChange,
  readPushHead,
  receivePack,
  refusal,
} from './receive.ts';
export {
  type Branches,
  COMMIT,
  type CommitInfo,
  Repository,
  type TreeEntry,
} from './repository.ts';
export { advertise, type GitService, isGitService, uploadPack } from './serve.ts';
export { type SystemFolder, systemFolders } from './system-folders.ts';
