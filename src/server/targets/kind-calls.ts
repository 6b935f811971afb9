import type { Database, ResourceKind } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import type { SocketClient } from '../../host/index.ts';

/** What is asked of a kind of resources on its host: everything that people do with a database that runs there. */
const METHODS = ['backup', 'verify', 'restore'] as const;
const DATABASE_METHODS = ['query', 'tables', 'rows'] as const;

type Method = (typeof METHODS)[number] | (typeof DATABASE_METHODS)[number];

export interface KindCall {
  type: string;
  method: Method;
  args: unknown[];
}

/** Carries out what `kindElsewhere` asks for. */
export async function callKind(kinds: ResourceKind[], { type, method, args }: KindCall): Promise<unknown> {
  const kind = kinds.find((one) => one.type === type);
  const calls = { ...pick(kind, METHODS), ...pick(kind?.database, DATABASE_METHODS) };
  const call = Object.hasOwn(calls, method) ? calls[method] : undefined;
  if (call === undefined) throw new EscaleError('request-invalid', `there is no ${method} of ${type}`);
  return call(...args);
}

type Call = (...args: unknown[]) => Promise<unknown>;

function pick(of: object | null | undefined, names: readonly string[]): Record<string, Call> {
  if (of === null || of === undefined) return {};
  return Object.fromEntries(names.map((name) => [name, (of as Record<string, Call>)[name]!.bind(of)]));
}

/** A kind as it is on a host elsewhere. What only a supervisor does with it is not asked from here. */
export function kindElsewhere(kind: ResourceKind, client: () => SocketClient): ResourceKind {
  const ask =
    (method: Method) =>
    async <T>(...args: unknown[]): Promise<T> =>
      client().call<T>('POST', `/kinds/${kind.type}/${method}`, args);
  const database: Database | null = kind.database && {
    query: ask('query'),
    tables: ask('tables'),
    rows: ask('rows'),
  };
  const notHere = () => {
    throw new Error('only the supervisor of that host does this');
  };
  return {
    type: kind.type,
    ...{ prepare: notHere, probe: notHere, bindings: notHere, size: notHere },
    ...{ backup: ask('backup'), verify: ask('verify'), restore: ask('restore') },
    database,
  };
}
