export type { Check, Finding } from './check/finding.ts';
export { qualityProgram } from './program.ts';
export { type Quality, readQuality } from './quality.ts';
