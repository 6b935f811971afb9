import { createHash } from 'node:crypto';
import path from 'node:path';

/** Where everything of one Escale on one host stands. One control plane, supervisor and gateway for each. */
export interface Home {
  root: string;
  /** Sockets and locks, mode 0700. */
  run: string;
  controlSocket: string;
  pagesSocket: string;
  supervisorSocket: string;
  gatewaySocket: string;
  store: string;
  /** Content-addressed artifacts and packages, read-only. */
  artifacts: string;
  packages: string;
  /** What pipeline runs work in and leave behind, one folder for each, and their caches. */
  pipelines: string;
  /** Folders that services keep (`volume`). */
  volumes: string;
  /** What resources (databases) keep. */
  resources: string;
  backups: string;
  /** Repositories that are pushed to, bare. */
  repositories: string;
  /** Encrypted secrets, one file for each environment, and the key that opens them. */
  secrets: string;
  secretKey: string;
  /** What opens secrets that are encrypted in git. */
  ageIdentity: string;
  /** The supervisor's: its last desired state, instance records, temporary folders. */
  supervisor: string;
  gateway: string;
  logs: string;
  cache: string;
}

/** Longest path that a unix socket may have (`sockaddr_un`), with room for the ending NUL. */
const MAX_SOCKET_PATH = 100;

/** The folder named by `ESCALE_HOME`, or XDG's: `$XDG_DATA_HOME/escale`, `~/.local/share/escale`. */
export function homeRoot(env: Record<string, string | undefined>, userHome: string): string {
  if (env.ESCALE_HOME) return path.resolve(env.ESCALE_HOME);
  const data = env.XDG_DATA_HOME;
  return path.join(data && path.isAbsolute(data) ? data : path.join(userHome, '.local', 'share'), 'escale');
}

/** The layout below a root. Sockets move to the temporary folder where the path is too long for them. */
export function homeLayout(root: string, temporary: string): Home {
  const wished = path.join(root, 'run');
  const fits = path.join(wished, 'supervisor.sock').length <= MAX_SOCKET_PATH;
  const run = fits ? wished : path.join(temporary, `escale-${shortHash(root)}`);
  const at = (...parts: string[]) => path.join(root, ...parts);
  return {
    root,
    run,
    controlSocket: path.join(run, 'control.sock'),
    pagesSocket: path.join(run, 'pages.sock'),
    supervisorSocket: path.join(run, 'supervisor.sock'),
    gatewaySocket: path.join(run, 'gateway.sock'),
    store: at('escale.db'),
    artifacts: at('artifacts'),
    packages: at('packages'),
    pipelines: at('pipelines'),
    volumes: at('volumes'),
    resources: at('resources'),
    backups: at('backups'),
    repositories: at('repositories'),
    secrets: at('secrets'),
    secretKey: at('secret-key'),
    ageIdentity: at('secrets/age-identity.txt'),
    supervisor: at('supervisor'),
    gateway: at('gateway'),
    logs: at('logs'),
    cache: at('cache'),
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
