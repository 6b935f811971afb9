export { readOutput, readResultFile } from './read.ts';
export { mergeReports, type TestFailure, type TestReport } from './report.ts';
