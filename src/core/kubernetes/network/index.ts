export { denyByDefault, policyOf } from './policy.ts';
export { networkOfJob, networkOfService } from './programs.ts';
