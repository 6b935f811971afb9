export { Access, type AccessParts } from './access.ts';
export { AccessStore, type StoredToken, type StoredUser } from './access-store.ts';
export { Accounts, type TokenWish } from './accounts.ts';
export {
  type AuditEntry,
  type AuditFacts,
  AuditLog,
  type AuditQuery,
  type End,
  type Outcome,
} from './audit-log.ts';
export { Entrance, type Known, OWNER, SESSION_MS } from './entrance.ts';
export { Limit } from './limit.ts';
export { Passwords } from './passwords.ts';
export { TOKEN_PREFIX } from './word.ts';
