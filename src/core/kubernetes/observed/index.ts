export { instanceId, serviceOf } from './instances.ts';
export type { ClusterEvent, Condition, Job, Pod, Service, Workload } from './live.ts';
export { conditionOf, eventTime, isReady, timeOf } from './live.ts';
export { isGateway, observePlace, type PlaceSeen } from './place.ts';
export { type ServiceTraffic, trafficIn } from './traffic.ts';
