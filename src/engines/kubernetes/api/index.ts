export type * from './cluster.ts';
export { FIELD_MANAGER, HttpCluster } from './http-cluster.ts';
export { inClusterAccess } from './in-cluster.ts';
export { type ClusterAccess, contextNames, kubeconfigFiles, readContext, type SignIn } from './kubeconfig.ts';
export { ClusterRefusal, type Conflict, isRefusal } from './refusal.ts';
