import { createHash, randomBytes } from 'node:crypto';
import type { ObjectStore, PodVolume, StoredObject, Template } from './object-store.ts';

/** The controllers of a cluster, as small as they can be and still roll, replace and end as real ones do. */
export class Controllers {
  private readonly store: ObjectStore;
  /** More pods a namespace may not have; null: any number. */
  quota: number | null = null;
  nodes = ['node1', 'node2', 'node3'];
  /** Whether a claim gets its volume. */
  hasVolume: (claim: { spec: { storageClassName?: string } }) => boolean = () => true;

  constructor(store: ObjectStore) {
    this.store = store;
  }

  look(): void {
    this.collect();
    for (const each of this.store.all('Deployment')) this.deployment(each);
    for (const each of this.store.all('ReplicaSet')) this.replicaSet(each);
    for (const each of this.store.all('StatefulSet')) this.statefulSet(each);
    for (const each of this.store.all('DaemonSet')) this.daemonSet(each);
    for (const each of this.store.all('Job')) this.job(each);
  }

  /** What nobody owns any more goes. */
  private collect(): void {
    for (const kind of ['ReplicaSet', 'Pod', 'ControllerRevision'])
      for (const object of this.store.all(kind)) {
        const owner = object.metadata.ownerReferences?.[0];
        if (owner === undefined) continue;
        const there = this.store.get({
          ...object,
          kind: owner.kind,
          name: owner.name,
          namespace: object.metadata.namespace!,
        });
        if (there?.metadata.uid === owner.uid && there.metadata.deletionTimestamp === undefined) continue;
        if (kind === 'Pod') this.end(object);
        else this.store.remove(object);
      }
  }

  private deployment(deployment: StoredObject): void {
    const { spec, metadata } = deployment;
    if (metadata.deletionTimestamp !== undefined) return;
    const hash = hashOf(spec!.template);
    const sets = this.ownedBy(deployment, 'ReplicaSet');
    let fresh = sets.find((one) => one.metadata.labels?.['pod-template-hash'] === hash);
    const revision = String(
      Math.max(0, ...sets.map(revisionOf)) +
        (fresh === undefined || revisionOf(fresh) < Math.max(...sets.map(revisionOf)) ? 1 : 0),
    );
    const annotations = { ...metadata.annotations, 'deployment.kubernetes.io/revision': revision };
    if (fresh === undefined) fresh = this.newReplicaSet(deployment, hash, annotations);
    else if (revisionOf(fresh) !== Number(revision))
      fresh = this.store.put({ ...fresh, metadata: { ...fresh.metadata, annotations } });
    this.roll(
      deployment,
      fresh,
      sets.filter((one) => one.metadata.uid !== fresh.metadata.uid),
    );
  }

  private newReplicaSet(
    deployment: StoredObject,
    hash: string,
    annotations: Record<string, string>,
  ): StoredObject {
    const { spec, metadata } = deployment;
    const template = structuredClone(spec!.template);
    template.metadata.labels['pod-template-hash'] = hash;
    return this.store.put({
      ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
      metadata: {
        ...{ name: `${metadata.name}-${hash}`, namespace: metadata.namespace! },
        ...{ labels: template.metadata.labels, annotations, ownerReferences: [ownerOf(deployment)] },
      } as StoredObject['metadata'],
      spec: { replicas: 0, template, containers: [], minReadySeconds: spec!.minReadySeconds ?? 0 },
      status: {},
    });
  }

  /** One more first, then one less: never fewer that are ready than wanted. */
  private roll(deployment: StoredObject, fresh: StoredObject, former: StoredObject[]): void {
    const wanted = deployment.spec!.replicas as number;
    const surge = former.some((one) => one.spec!.replicas > 0)
      ? (deployment.spec!.strategy?.rollingUpdate?.maxSurge ?? 1)
      : 0;
    const old = former.reduce((sum, one) => sum + one.spec!.replicas, 0);
    const next = Math.max(0, Math.min(wanted, wanted + surge - old));
    const ready = [fresh, ...former].reduce((sum, one) => sum + this.readyOf(one), 0);
    if (fresh.spec!.replicas !== next && (next > fresh.spec!.replicas || next >= wanted || old === 0))
      fresh = this.scale(fresh, next);
    let spare = Math.max(0, ready - wanted);
    for (const one of former) {
      const unready = one.spec!.replicas - this.readyOf(one);
      const less = Math.min(one.spec!.replicas, unready + spare);
      spare -= Math.max(0, less - unready);
      if (less > 0) this.scale(one, one.spec!.replicas - less);
    }
    const problem = fresh.status?.problem ?? null;
    const conditions =
      problem === null
        ? []
        : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: problem }];
    const status = {
      observedGeneration: 1,
      replicas: wanted,
      updatedReplicas: fresh.spec!.replicas,
      readyReplicas: ready,
      conditions,
    };
    this.store.put({ ...deployment, status });
  }

  private scale(set: StoredObject, replicas: number): StoredObject {
    return this.store.put({ ...set, spec: { ...set.spec!, replicas } });
  }

  private readyOf(set: StoredObject): number {
    return this.podsOf(set).filter(isReady).length;
  }

  private replicaSet(set: StoredObject): void {
    const pods = this.podsOf(set);
    const wanted = set.spec!.replicas as number;
    let problem: string | null = null;
    for (let missing = wanted - pods.length; missing > 0 && problem === null; missing--)
      problem = this.newPod(
        set,
        `${set.metadata.name}-${randomBytes(3).toString('hex').slice(0, 5)}`,
        set.spec!.template,
      );
    const surplus = pods
      .sort((a, b) => Number(isReady(a)) - Number(isReady(b)))
      .slice(0, Math.max(0, pods.length - wanted));
    for (const pod of surplus) this.end(pod);
    this.store.put({ ...set, status: { ...set.status, problem } });
  }

  private statefulSet(set: StoredObject): void {
    if (set.metadata.deletionTimestamp !== undefined) return;
    const template = structuredClone(set.spec!.template);
    template.metadata.labels['controller-revision-hash'] = hashOf(set.spec!.template);
    const pods = this.ownedBy(set, 'Pod');
    for (let index = 0; index < set.spec!.replicas; index++) {
      const name = `${set.metadata.name}-${index}`;
      const there = pods.find((pod) => pod.metadata.name === name) ?? this.adopted(set, name);
      const volumes = this.claimed(set, name);
      const spec = { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...volumes] };
      if (there === undefined) this.newPod(set, name, { ...template, spec });
      else if (
        there.metadata.labels?.['controller-revision-hash'] !==
        template.metadata.labels['controller-revision-hash']
      )
        this.end(there);
    }
    for (const pod of pods)
      if (Number(pod.metadata.name.split('-').at(-1)) >= set.spec!.replicas) this.end(pod);
    const readyReplicas = this.podsOf(set).filter(isReady).length;
    this.store.put({ ...set, status: { replicas: pods.length, readyReplicas } });
  }

  /** A pod that nobody owns, taken on. */
  private adopted(set: StoredObject, name: string): StoredObject | undefined {
    const { namespace } = set.metadata;
    const pod = this.store.get({ apiVersion: 'v1', kind: 'Pod', namespace: namespace!, name });
    if (pod === null || (pod.metadata.ownerReferences ?? []).length > 0) return undefined;
    return this.store.put({ ...pod, metadata: { ...pod.metadata, ownerReferences: [ownerOf(set)] } });
  }

  /** The volumes of a pod of a set; their claims are made, and outlive it. */
  private claimed({ spec, metadata: { namespace, labels = {} } }: StoredObject, pod: string): PodVolume[] {
    return (spec!.volumeClaimTemplates ?? []).map((template) => {
      const name = `${template.metadata.name}-${pod}`;
      const ref = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: namespace!, name };
      const claim = this.store.get(ref) ?? {
        ...{ apiVersion: 'v1', kind: ref.kind, metadata: { name, namespace, labels }, spec: template.spec },
      };
      const phase = this.hasVolume(claim as never) ? 'Bound' : 'Pending';
      if ((claim as StoredObject).status?.phase !== phase)
        this.store.put({ ...claim, status: { phase } } as StoredObject);
      return { name: template.metadata.name, persistentVolumeClaim: { claimName: name } };
    });
  }

  private daemonSet(set: StoredObject): void {
    if (set.metadata.deletionTimestamp !== undefined) return;
    const hash = hashOf(set.spec!.template);
    const pods = this.podsOf(set);
    const isNew = (pod: StoredObject) => pod.metadata.labels?.['controller-revision-hash'] === hash;
    let surge =
      1 - this.nodes.filter((node) => pods.filter((pod) => pod.spec!.nodeName === node).length > 1).length;
    for (const node of this.nodes) {
      const here = pods.filter((pod) => pod.spec!.nodeName === node);
      const fresh = here.find(isNew);
      const former = here.filter((pod) => !isNew(pod));
      if (fresh === undefined && (former.length === 0 || surge-- > 0)) this.newDaemonPod(set, node, hash);
      if (fresh !== undefined && isReady(fresh)) for (const pod of former) this.end(pod);
    }
    const desiredNumberScheduled = this.nodes.length;
    const updated = this.podsOf(set).filter(isNew);
    const status = {
      ...{ desiredNumberScheduled, updatedNumberScheduled: updated.length, observedGeneration: 1 },
      numberAvailable: this.nodes.filter((node) =>
        pods.some((pod) => pod.spec!.nodeName === node && isReady(pod)),
      ).length,
    };
    this.store.put({ ...set, status });
  }

  private newDaemonPod(set: StoredObject, nodeName: string, hash: string): void {
    const template = structuredClone(set.spec!.template);
    template.metadata.labels['controller-revision-hash'] = hash;
    template.spec.nodeName = nodeName;
    this.newPod(set, `${set.metadata.name}-${randomBytes(3).toString('hex').slice(0, 5)}`, template);
  }

  private job(job: StoredObject): void {
    if (job.metadata.deletionTimestamp !== undefined || job.status?.completionTime || job.status?.failed)
      return;
    const [pod] = this.ownedBy(job, 'Pod');
    if (pod === undefined) {
      this.newPod(
        job,
        `${job.metadata.name}-${randomBytes(3).toString('hex').slice(0, 5)}`,
        job.spec!.template,
      );
      this.store.put({ ...job, status: { active: 1, startTime: new Date().toISOString() } });
      return;
    }
    const at = new Date().toISOString();
    if (pod.status?.phase === 'Succeeded')
      this.store.put({
        ...job,
        status: {
          succeeded: 1,
          startTime: job.status?.startTime,
          completionTime: at,
          conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: at }],
        },
      });
    if (pod.status?.phase === 'Failed')
      this.store.put({
        ...job,
        status: {
          failed: 1,
          startTime: job.status?.startTime,
          conditions: [
            {
              type: 'Failed',
              status: 'True',
              reason: 'BackoffLimitExceeded',
              message: 'Job has reached the specified backoff limit',
              lastTransitionTime: at,
            },
          ],
        },
      });
  }

  /** Null, or why there can’t be one. */
  private newPod(owner: StoredObject, name: string, template: Template): string | null {
    const { namespace } = owner.metadata;
    const count = this.store.all('Pod', namespace).length;
    if (this.quota !== null && count >= this.quota)
      return `pods "${owner.metadata.name}-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=${count}, limited: pods=${this.quota}`;
    this.store.put({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name, namespace, ...structuredClone(template.metadata), ownerReferences: [ownerOf(owner)] },
      spec: structuredClone(template.spec),
      status: { phase: 'Pending' },
    } as StoredObject);
    return null;
  }

  private end(pod: StoredObject): void {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    // A node takes its finalizer away when everything of the pod has ended.
    const metadata = {
      ...pod.metadata,
      deletionTimestamp: new Date().toISOString(),
      finalizers: ['test/node'],
    };
    this.store.put({ ...pod, metadata });
  }

  /** Without those that are told to go. */
  private podsOf(owner: StoredObject): StoredObject[] {
    return this.ownedBy(owner, 'Pod').filter(
      (pod) => pod.metadata.deletionTimestamp === undefined && pod.status?.phase !== 'Failed',
    );
  }

  private ownedBy(owner: StoredObject, kind: string): StoredObject[] {
    return this.store
      .all(kind, owner.metadata.namespace)
      .filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === owner.metadata.uid);
  }
}

function isReady(pod: StoredObject): boolean {
  return (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function ownerOf({ kind, metadata }: StoredObject) {
  return { kind, name: metadata.name, uid: metadata.uid, controller: true };
}

function revisionOf({ metadata }: StoredObject): number {
  return Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}

function hashOf(template: object): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);
}
