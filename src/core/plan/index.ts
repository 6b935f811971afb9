export { startingOrder } from './order.ts';
export { makePlan, type Plan, type PlanInput, type Resolution, type Running } from './plan.ts';
export { secretNotes } from './secret-notes.ts';
