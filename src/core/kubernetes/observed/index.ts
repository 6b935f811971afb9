export { instanceId, serviceOf } from './instances.ts';
export type { ClusterEvent, Condition, Job, Pod, Service, Workload } from './live.ts';
export { conditionOf, eventTime, timeOf } from './live.ts';
export { isGateway, observePlace, type PlaceSeen } from './place.ts';
