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
export { type ClusterFacts, examineCluster } from './examine.ts';
export {
  type ClusterImages,
  type DatabaseWay,
  KubernetesEngine,
  type KubernetesEngineParts,
} from './kubernetes-engine.ts';
export { Mirror } from './mirror.ts';
