export { problemsOf } from './problems.ts';
export { wishFor } from './wish.ts';
