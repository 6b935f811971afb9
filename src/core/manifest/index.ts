/** The resolved model and what makes it from a checked file. Reading and checking files is `./file/index.ts` (it loads zod and yaml). */
export { addressProblem } from './address.ts';
export { namedContainers, refuseContainers } from './containers.ts';
export { DEFAULTS } from './defaults.ts';
export { environmentsForBranch, matchesBranch, resolveDelivery, USUAL_BRANCHES } from './delivery.ts';
export { formatDuration } from './duration.ts';
export { ENGINES, withEngine } from './engines.ts';
export { externalAddress } from './external.ts';
export type { AdjustmentsFile, EnvironmentFile, ServiceFile, SystemFile } from './file/schema.ts';
export { formatMistakes, printable } from './format.ts';
export { imagesIn, withDigests } from './image-names.ts';
export { didYouMean, SystemFileError } from './mistakes.ts';
export type * from './model.ts';
export {
  bindingVariable,
  bindingWord,
  NAME,
  NAME_EXPECTED,
  runOfEnvironment,
  stepEnvironment,
  stepOfEnvironment,
  toName,
} from './names.ts';
export { nearest } from './nearest.ts';
export { resolvePipeline } from './pipeline.ts';
export { environmentsOf, resolveSystem, writtenEnvironments } from './resolve.ts';
export type { ResourceBinding, ResourceType } from './resource-types.ts';
export { resourceBindings } from './resource-types.ts';
export {
  fillAddress,
  fillSecrets,
  SECRET_NAME,
  SECRET_NAME_EXPECTED,
  secretsIn,
  secretsOfEnv,
  secretsOfProgram,
  secretsOfResource,
  secretsOfSystem,
} from './secrets.ts';
export { fillCommand, splitWords } from './words.ts';
