export { nextRun, scheduleProblem, timeZoneProblem } from './schedule.ts';
