export type { Target } from './connection.ts';
export { type LoadOptions, type RunningLoad, runLoad } from './load.ts';
export { report } from './report.ts';
export type { Prepared } from './requests.ts';
export type { Failure, FailureKind, Figures, LoadResult, RequestName, SocketEnd } from './result.ts';
export type { Mix } from './schedule.ts';
