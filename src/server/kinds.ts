import type { ResourceKind } from '../core/contracts/index.ts';
import type { Home } from '../core/home/index.ts';
import { postgres } from '../resources/postgres/index.ts';

/** Every kind of resource that this version has: the one place that names them. */
export function kindsOf(home: Home): ResourceKind[] {
  return [postgres({ cache: home.cache })];
}
