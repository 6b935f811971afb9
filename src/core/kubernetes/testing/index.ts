export { problemsOf } from './problems.ts';
