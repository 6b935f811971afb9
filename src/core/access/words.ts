import { EscaleError } from '../errors/index.ts';
import { NAME } from '../manifest/index.ts';
import { type Grant, ROLES, type Role } from './access.ts';

/** Names that the audit log uses for others than users. */
const RESERVED = ['owner', 'escale'];

/** `deployer:staging`, `viewer:*`. Throws `grant-wrong`. */
export function parseGrant(text: string): Grant {
  const [role = '', environment = '', ...rest] = text.split(':');
  const isRole = (ROLES as readonly string[]).includes(role);
  if (isRole && rest.length === 0 && (environment === '*' || NAME.test(environment)))
    return { role: role as Role, environment };
  throw new EscaleError('grant-wrong', `${JSON.stringify(text)} says no role in an environment`);
}

/** `deployer:staging`. */
export function grantText({ role, environment }: Grant): string {
  return `${role}:${environment}`;
}

/** Throws `user-name`. */
export function checkUserName(name: string): void {
  if (!NAME.test(name)) throw new EscaleError('user-name', `${JSON.stringify(name)} can’t be a user’s name`);
  if (RESERVED.includes(name))
    throw new EscaleError('user-name', `${name} is a name that Escale uses itself`);
}

/** Throws `token-name`. */
export function checkTokenName(name: string): void {
  if (!NAME.test(name))
    throw new EscaleError('token-name', `${JSON.stringify(name)} can’t be a token’s name`);
}
