import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ClusterAccess } from './kubeconfig.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster that this process is a pod of, with the account of that pod; null: it is none. */
export function inClusterAccess(env: NodeJS.ProcessEnv, folder = ACCOUNT): ClusterAccess | null {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  const file = path.join(folder, 'token');
  if (!host || !port || !existsSync(file)) return null;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    server: `https://${shown}:${port}`,
    authority: readFileSync(path.join(folder, 'ca.crt'), 'utf8'),
    serverName: null,
    isInsecure: false,
    signIn: { kind: 'token-file', file },
  };
}
