import { IMAGE_ADDRESS } from '../image/index.ts';
import {
  bindingVariable,
  type ResolvedJob,
  type ResolvedService,
  resourceBindings,
} from '../manifest/index.ts';
import { namespaceOf } from './names.ts';
import { databaseAddress } from './postgres/index.ts';
import { type BoundVariable, plain, textVariable, type Variable } from './variables.ts';
import type { KubernetesWish } from './wish.ts';

export type Program = Pick<ResolvedService | ResolvedJob, 'name' | 'uses' | 'env'>;

/** Where `DATA_DIR` leads. */
export const DATA_FOLDER = '/data';

/** What a program finds in its environment: the same names as on other engines, no value of a secret. */
export function environmentOf(
  program: Program & { port?: boolean; volume?: boolean },
  wish: KubernetesWish,
): Variable[] {
  const { host, port } = IMAGE_ADDRESS;
  const own = Object.entries(program.env).map(([name, text]) =>
    textVariable(name, text, wish.options.secret),
  );
  const bound = [...own, ...serviceAddresses(program, wish), ...databaseAddresses(program, wish)];
  return [
    ...(program.port === true ? [plain('HOST', host), plain('PORT', String(port))] : []),
    ...(program.volume === true ? [plain('DATA_DIR', DATA_FOLDER)] : []),
    ...identity(program, wish),
    ...unique(bound.flatMap(({ before }) => before)),
    ...bound.map(({ variable }) => variable),
  ];
}

function identity({ name }: Program, { system, options }: KubernetesWish): Variable[] {
  const version = options.programs[name]!.version;
  return [
    plain('ESCALE_SYSTEM', system.name),
    plain('ESCALE_ENVIRONMENT', system.environment),
    plain('ESCALE_SERVICE', name),
    ...(version === null ? [] : [plain('ESCALE_RELEASE', version)]),
    { name: 'ESCALE_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ];
}

function serviceAddresses({ uses }: Program, { system }: KubernetesWish): BoundVariable[] {
  return uses
    .filter((use) => !Object.hasOwn(system.resources, use))
    .map((use) => ({
      before: [],
      variable: plain(bindingVariable(use), `http://${hostOf(use, system.environment)}`),
    }));
}

function hostOf(use: string, environment: string): string {
  const [system, service] = use.split('/');
  return service === undefined ? use : `${service}.${namespaceOf(system!, environment)}`;
}

function databaseAddresses({ uses }: Program, wish: KubernetesWish): BoundVariable[] {
  const { resources } = wish.system;
  const types = Object.fromEntries(Object.values(resources).map(({ name, type }) => [name, type]));
  return resourceBindings(uses, types).map(({ resource, prefix }) =>
    databaseAddress(`${prefix}DATABASE_URL`, resources[resource]!, wish),
  );
}

function unique(variables: Variable[]): Variable[] {
  return [...new Map(variables.map((variable) => [variable.name, variable])).values()];
}
