import type { Sql } from '../store/index.ts';
import { AccessStore } from './access-store.ts';
import { Accounts } from './accounts.ts';
import { AuditLog } from './audit-log.ts';
import { Entrance } from './entrance.ts';
import { Passwords } from './passwords.ts';

export interface AccessParts {
  sql: Sql;
  now: () => number;
}

/** All that is about who may come in, over one store. */
export class Access {
  readonly accounts: Accounts;
  readonly entrance: Entrance;
  readonly audit: AuditLog;
  readonly now: () => number;

  constructor({ sql, now }: AccessParts) {
    const store = new AccessStore(sql);
    this.now = now;
    this.accounts = new Accounts({ store, now });
    this.entrance = new Entrance({ store, passwords: new Passwords(), now });
    this.audit = new AuditLog(sql, now);
  }
}
