export { type EnvironmentRule, type Gate, gateFor, targetsOf } from './gate.ts';
export { type PromotionFacts, promotionProblem } from './promotion.ts';
