export { makeContainer } from './maker.ts';
export type { ContainerOrder } from './order.ts';
