import type { ResolvedService } from '../manifest/index.ts';
import { accountOf } from './account.ts';
import { disruptionBudget } from './disruption.ts';
import { type Labelled, metadataOf, selectorOf } from './labels.ts';
import { networkOfService, policyOf } from './network/index.ts';
import type { KubernetesObject, KubernetesPart } from './object.ts';
import { podOfService } from './pod.ts';
import { dataClaim } from './postgres/index.ts';
import { minReadySecondsOf } from './probes.ts';
import { wholeSeconds } from './quantity.ts';
import { autoscalerOf } from './scaling.ts';
import type { KubernetesWish } from './wish.ts';

/** What pulling an image and finding a node may take, beside the start itself, seconds. */
const PULL_SECONDS = 300;

/** Everything of one service: its account, what runs it, how it is called, what it may do on the network. */
export function renderService(service: ResolvedService, wish: KubernetesWish): KubernetesPart {
  const of: Labelled = {
    name: service.name,
    component: service.port ? 'service' : 'worker',
    version: wish.options.programs[service.name]!.version,
  };
  const objects = [
    accountOf(of, wish),
    workloadOf(service, of, wish),
    ...(service.port ? [addressOf(service, of, wish)] : []),
    ...autoscalerOf(service, of, wish),
    ...disruptionOf(service, of, wish),
    policyOf(wish, of, networkOfService(service, wish)),
  ];
  return { name: service.name, stage: 'services', objects };
}

function workloadOf(service: ResolvedService, of: Labelled, wish: KubernetesWish): KubernetesObject {
  const kind = kindOf(service);
  const seconds = minReadySecondsOf(service);
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: metadataOf(wish, of),
    spec: {
      ...(kind !== 'DaemonSet' && service.scaling === null && { replicas: service.replicas }),
      revisionHistoryLimit: 2,
      ...(seconds > 0 && { minReadySeconds: seconds }),
      ...HOW_REPLACED[kind](service, wish),
      selector: { matchLabels: selectorOf(wish, service.name) },
      template: podOfService(service, wish),
      ...(kind === 'StatefulSet' && { volumeClaimTemplates: [dataClaim(wish)] }),
    },
  };
}

type WorkloadKind = 'Deployment' | 'DaemonSet' | 'StatefulSet';

/** A folder has one writer: only a StatefulSet never lets a second one start while the first may still run. */
function kindOf({ volume, spread }: ResolvedService): WorkloadKind {
  if (volume) return 'StatefulSet';
  return spread === 'every-node' ? 'DaemonSet' : 'Deployment';
}

const ONE_MORE = { maxUnavailable: 0, maxSurge: 1 };

const HOW_REPLACED: Record<WorkloadKind, (service: ResolvedService, wish: KubernetesWish) => object> = {
  Deployment: ({ start }, { system }) => ({
    progressDeadlineSeconds: PULL_SECONDS + wholeSeconds(start.deadlineMs + start.stableMs),
    strategy: { type: 'RollingUpdate', rollingUpdate: { ...ONE_MORE, maxSurge: system.rollout.surge } },
  }),
  DaemonSet: () => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: ONE_MORE } }),
  StatefulSet: ({ name }) => ({
    serviceName: name,
    // In order, one that never became ready would keep its successor from starting.
    podManagementPolicy: 'Parallel',
    updateStrategy: { type: 'RollingUpdate' },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  }),
};

const EXPOSED: Record<string, object> = {
  'node-port': { type: 'NodePort' },
  'load-balancer': { type: 'LoadBalancer' },
};

/** Callable at `http://<name>`; where that was asked for, from outside as well. */
function addressOf({ name }: ResolvedService, of: Labelled, wish: KubernetesWish): KubernetesObject {
  const routed = wish.system.routes.some(({ service }) => service === name);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(wish, of),
    spec: {
      ...((routed && EXPOSED[wish.options.routing.kind]) || { type: 'ClusterIP' }),
      selector: selectorOf(wish, name),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}

/** A single instance must not keep a node from being emptied. */
function disruptionOf(service: ResolvedService, of: Labelled, wish: KubernetesWish): KubernetesObject[] {
  if (kindOf(service) !== 'Deployment' || service.replicas < 2) return [];
  return [disruptionBudget(of, wish)];
}
