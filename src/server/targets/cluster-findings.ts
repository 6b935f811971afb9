import { type ClusterSetting, contextOf, type HostFinding, IN_CLUSTER } from '../../core/target/index.ts';
import type { ClusterFacts, Surroundings } from '../../engines/kubernetes/index.ts';

export interface ClusterLook {
  address: string;
  setting: ClusterSetting;
  facts: ClusterFacts;
  around: Surroundings;
  /** Why the registry can't be reached from here; null: it answers. */
  registryProblem: string | null;
  /** Of this host, as images name it: `amd64`. */
  architecture: string;
}

/** What a cluster has and lacks, for people. */
export function clusterFindings(look: ClusterLook): HostFinding[] {
  return [
    version(look),
    kinds(look),
    ...rights(look),
    nodes(look),
    storage(look),
    ...wayIn(look),
    ...registry(look),
    metrics(look.around),
    note('network', 'whether NetworkPolicies are enforced the cluster does not say'),
  ];
}

function good(subject: string, text: string): HostFinding {
  return { subject, state: 'good', text };
}

function note(subject: string, text: string): HostFinding {
  return { subject, state: 'note', text };
}

function problem(subject: string, text: string, next: string): HostFinding {
  return { subject, state: 'problem', text, next };
}

function version({ address, facts: { version: is, isTooOld } }: ClusterLook): HostFinding {
  return isTooOld
    ? problem('cluster', `Kubernetes ${is} is too old`, 'Escale needs 1.30 or newer.')
    : good('cluster', `${address}, Kubernetes ${is}`);
}

function kinds({ setting, facts: { unknownKinds } }: ClusterLook): HostFinding {
  return unknownKinds.length === 0
    ? good('kinds', `everything that is applied with ${setting.routing.kind} is known there`)
    : problem(
        'kinds',
        `the cluster does not know ${unknownKinds.join(', ')}`,
        'Install what brings them, or choose another way: `escale target add` again, with `--routing` or `--postgres`.',
      );
}

function rights({ address, facts: { missingRights } }: ClusterLook): HostFinding[] {
  // In the cluster they are for the account of Escale's own pod.
  const account = contextOf(address) === IN_CLUSTER ? ' --account NAMESPACE/ACCOUNT' : '';
  const command = `escale render rbac SYSTEM -e ENVIRONMENT${account} --stdout`;
  return Object.entries(missingRights).map(([namespace, missing]) =>
    problem(
      'rights',
      `in ${namespace}: ${missing.join(', ')}`,
      `Have somebody who may apply what \`${command}\` prints.`,
    ),
  );
}

function nodes({ around: { nodes: seen }, architecture }: ClusterLook): HostFinding {
  if (seen === 'hidden') return note('nodes', 'this account may not look at nodes');
  const text = `${seen.ready} of ${seen.all} nodes ready, ${seen.architectures.join(' and ')}`;
  if (seen.ready === 0) return problem('nodes', text, 'Look at `kubectl get nodes`.');
  if (seen.architectures.includes(architecture)) {
    const isMixed = seen.architectures.length > 1;
    return isMixed ? note('nodes', `${text}: images are made for ${architecture} only`) : good('nodes', text);
  }
  return problem(
    'nodes',
    `${text}; images are made for ${architecture}`,
    'Deploy from a host of the nodes’ kind.',
  );
}

function storage({ around: { storageClass }, setting: { storage: chosen } }: ClusterLook): HostFinding {
  if (storageClass === 'hidden') return note('volumes', 'this account may not look at classes of volumes');
  if (storageClass !== null)
    return good('volumes', `of class ${storageClass}${chosen.className === null ? ', the default' : ''}`);
  if (chosen.className !== null)
    return problem(
      'volumes',
      `there is no class ${chosen.className}`,
      'Choose one of `kubectl get storageclass`: `escale target add` again, with `--storage-class`.',
    );
  return note('volumes', 'no class is the default: databases and `volume` need `--storage-class`');
}

function wayIn({ around: { wayIn: found }, setting: { routing } }: ClusterLook): HostFinding[] {
  if (routing.kind === 'none') return [note('way in', 'none was chosen: `escale open` leads there')];
  if (found === undefined) return [];
  if (found === 'hidden') return [note('way in', 'this account may not look at it')];
  if (found !== null) return [good('way in', found)];
  const missing =
    routing.kind === 'gateway-api'
      ? `Gateway ${routing.gateway.namespace}/${routing.gateway.name}`
      : `class of Ingress${routing.kind === 'ingress' && routing.className !== null ? ` ${routing.className}` : ' that is the default'}`;
  const next =
    'Make it, or choose another way: `escale target add` again, with `--routing`, `--gateway` or `--ingress-class`.';
  return [problem('way in', `there is no ${missing}`, next)];
}

function registry({ setting, registryProblem }: ClusterLook): HostFinding[] {
  const name = `${setting.registry}/${setting.repository}`;
  if (registryProblem !== null)
    return [
      problem('registry', `${name} does not answer here: ${registryProblem}`, 'Start it, or mend its name.'),
    ];
  return [good('registry', `${name} answers here; the nodes have to reach it by the same name`)];
}

function metrics({ hasMetrics }: Surroundings): HostFinding {
  if (hasMetrics === 'hidden') return note('metrics', 'this account may not look');
  if (hasMetrics) return good('metrics', 'pods are measured: `replicas: {min, max}` works');
  return note('metrics', 'no metrics API: with `replicas: {min, max}` the fewest run');
}
