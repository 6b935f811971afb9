/** Pipeline runs, their steps, and what they found. */
export const PIPELINES = ['SELECT 1;'];
