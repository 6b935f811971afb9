export {
  type Cluster,
  type ClusterAccess,
  ClusterRefusal,
  contextNames,
  HttpCluster,
  inClusterAccess,
  kubeconfigFiles,
  readContext,
} from './api/index.ts';
export type { DatabaseWay } from './databases.ts';
export { type ClusterFacts, examineCluster } from './examine.ts';
export { type ClusterImages, KubernetesEngine, type KubernetesEngineParts } from './kubernetes-engine.ts';
export { Mirror } from './mirror.ts';
export { lookAround, type Surroundings } from './surroundings.ts';
