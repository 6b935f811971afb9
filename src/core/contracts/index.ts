export type * from './traffic.ts';
