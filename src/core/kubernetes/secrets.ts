import { secretsIn, secretsOfEnv } from '../manifest/index.ts';
import { addressSecretOf, credentialsOf } from './postgres/index.ts';
import type { KubernetesWish } from './wish.ts';

/** A Secret that objects refer to. Its values are never rendered: whoever applies the objects has it there before. */
export interface NeededSecret {
  name: string;
  keys: string[];
}

export function secretsNeeded(wish: KubernetesWish): NeededSecret[] {
  const { services, jobs, resources } = wish.system;
  const external = Object.values(resources).filter((resource) => resource.external !== null);
  const whole = external.flatMap((each) => wholeSecret(each.external!));
  const programs = [...Object.values(services), ...Object.values(jobs)];
  const own = [...new Set([...programs.flatMap(secretsOfEnv), ...whole])].sort();
  const databases = Object.values(resources).filter((resource) => resource.external === null);
  return [
    ...(own.length > 0 ? [{ name: wish.options.secret, keys: own }] : []),
    ...external
      .filter((each) => secretsIn(each.external!).length > 0 && wholeSecret(each.external!).length === 0)
      .map(({ name }) => ({ name: addressSecretOf(name), keys: ['url'] })),
    ...(wish.options.postgres.kind === 'cloudnative-pg'
      ? []
      : databases.map((each) => ({ name: credentialsOf(each), keys: ['password', 'superuser-password'] }))),
  ];
}

/** The secret that an address is all of; none: no address of that kind. */
function wholeSecret(address: string): string[] {
  const [name] = secretsIn(address);
  return name !== undefined && address === `\${secret.${name}}` ? [name] : [];
}
