export {
  covers,
  type Grant,
  intersection,
  may,
  type Principal,
  ROLES,
  type Role,
  simplest,
  type Where,
} from './access.ts';
export { checkTokenName, checkUserName, grantText, parseGrant } from './words.ts';
