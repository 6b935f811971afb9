import type { CatalogueEntry } from './catalogue.ts';

/** Kubernetes clusters that Escale deploys to. */
export const CLUSTERS = {
  'cluster-config': {
    title: 'A kubeconfig can’t be used',
    explanation:
      'Escale reads contexts as `kubectl` does: `KUBECONFIG`, else `~/.kube/config`, with certificates, tokens, token files and programs that give tokens (`exec`). Inside of a cluster it uses the account of its pod. Ways to sign in that were taken out of Kubernetes (`auth-provider`), and proxies of single clusters, it does not know.',
    next: 'Mend what the message says; `kubectl --context NAME version` shows whether it works by hand.',
    exitCode: 2,
  },
  'cluster-away': {
    title: 'A cluster does not answer',
    explanation:
      'Its API server can’t be reached, or is overloaded. What runs there runs on, and is kept running by the cluster itself; nothing new is begun until it answers again.',
    next: 'Escale tries again by itself. `kubectl --context NAME get --raw /readyz` shows whether it answers by hand.',
    exitCode: 1,
  },
  'cluster-forbidden': {
    title: 'A cluster does not let Escale do something',
    explanation:
      'The account that Escale signs in with was not recognised, or has too few rights. Escale needs rights in the namespace of the system only.',
    next: 'Have somebody who may apply what `escale render rbac SYSTEM -e ENVIRONMENT --stdout` prints, and use that account. Where Escale runs in the cluster itself, with `--account NAMESPACE/ACCOUNT` of its pod.',
    exitCode: 1,
  },
  'cluster-conflict': {
    title: 'Somebody else holds a field of an object in the cluster',
    explanation:
      'Another program, or somebody with `kubectl`, has set a field that the file decides, and still holds it. Escale takes nothing away from others unless the file says so.',
    next: 'Undo it there, or write `drift: repair` at the environment: Escale then takes back what was changed.',
    exitCode: 1,
  },
  'cluster-refused': {
    title: 'A cluster refused something',
    explanation:
      'The message is the API server’s own: an object is not valid there, or a rule of the cluster forbids it.',
    next: 'Mend what it says; what failed is tried again by itself.',
    exitCode: 1,
  },
  'cluster-lacks': {
    title: 'That does not work on a cluster yet',
    explanation: 'What is asked for works with files of a host, or with a host’s processes.',
    next: 'The message says what does work.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
