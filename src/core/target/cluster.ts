import { EscaleError } from '../errors/index.ts';
import type { ChosenRouting, PostgresSetting } from '../kubernetes/index.ts';

/** How Escale uses a cluster. */
export interface ClusterSetting {
  /** Where the cluster takes images from: `registry.example.org`, and the folder there. */
  registry: string;
  repository: string;
  /** The registry speaks http. */
  plainHttp: boolean;
  routing: ChosenRouting;
  postgres: PostgresSetting;
  storage: { size: string; className: string | null };
  outbound: boolean;
}

const PREFIX = 'kubernetes://';
/** The cluster that the control plane itself runs in, with the account of its pod. */
export const IN_CLUSTER = 'in-cluster';

export function isClusterAddress(address: string): boolean {
  return address.startsWith(PREFIX);
}

/** The context of the kubeconfig that an address names. Throws `target-address`. */
export function contextOf(address: string): string {
  const context = address.slice(PREFIX.length);
  // Names of contexts are free: `arn:aws:eks:…/shop`, `admin@prod`.
  if (isClusterAddress(address) && context !== '' && context.length <= 253 && !/\s/.test(context))
    return context;
  throw new EscaleError('target-address', `${JSON.stringify(address)} names no context of a kubeconfig`, {
    next: 'Write it like `kubernetes://prod`; `kubectl config get-contexts` lists them.',
  });
}
