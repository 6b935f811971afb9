import type { DesiredResource, DesiredSystem, InstancePlan, SecretVersions } from '../../contracts/index.ts';
import { secretsIn } from '../../manifest/index.ts';
import { addressSecretOf, credentialsOf } from '../postgres/index.ts';
import type { KubernetesOptions } from '../wish.ts';
import { secretNameOf } from './system.ts';

/** A Secret that what is rendered refers to: what each of its keys is. */
export interface WishedSecret {
  name: string;
  /** Values of secrets: which ones they are. */
  values: SecretVersions;
  /** Addresses with secrets in them, by key. */
  addresses: Record<string, DesiredResource>;
}

/** The values that a program is started with: its own secrets, and addresses that are wholly one. */
export function versionsOf(
  { secrets = {}, resources }: InstancePlan,
  all: DesiredResource[],
): SecretVersions {
  const used = all.filter(({ name }) => resources.some(({ resource }) => resource === name));
  const whole = used.filter(isWhole).map((resource) => resource.secrets ?? {});
  return Object.assign({}, ...whole, secrets);
}

/** Every Secret with values that plans of a wish refer to. */
export function wishedSecrets(
  plans: InstancePlan[],
  { resources }: Pick<DesiredSystem, 'resources'>,
): WishedSecret[] {
  const own = plans
    .map((plan) => versionsOf(plan, resources))
    .filter((versions) => Object.keys(versions).length > 0)
    .map((values) => ({ name: secretNameOf(values), values, addresses: {} }));
  const parts = resources.filter(
    (resource) => resource.external !== null && secretsIn(resource.external).length > 0 && !isWhole(resource),
  );
  const addresses = parts.map((resource) => ({
    ...{ name: addressSecretOf(resource.name), values: {}, addresses: { url: resource } },
  }));
  return [...new Map([...own, ...addresses].map((secret) => [secret.name, secret])).values()];
}

/** Secrets with passwords of databases, which are made once and never again. */
export function databaseSecrets(
  { resources }: Pick<DesiredSystem, 'resources'>,
  { postgres }: Pick<KubernetesOptions, 'postgres'>,
): string[] {
  if (postgres.kind === 'cloudnative-pg') return [];
  return resources.filter(({ external }) => external === null).map(credentialsOf);
}

function isWhole({ external }: DesiredResource): boolean {
  const [name] = secretsIn(external ?? '');
  return name !== undefined && external === `\${secret.${name}}`;
}
