import { EscaleError } from '../errors/index.ts';
import { addressProblem } from './address.ts';
import { fillAddress, secretsOfResource } from './secrets.ts';

/**
 * The address of a resource that exists elsewhere, with its secrets; null for one that Escale runs. Throws
 * `wrong-address`, which says nothing of what it became, and what `lookUp` throws.
 */
export function externalAddress(
  resource: { name: string; external: string | null },
  lookUp: (name: string) => string,
): string | null {
  if (resource.external === null) return null;
  const names = secretsOfResource(resource);
  const address = fillAddress(resource.external, lookUp);
  if (names.length === 0 || addressProblem(address) === null) return address;
  const message = `the address of ${resource.name} can't be used once ${names.join(', ')} stands in it`;
  throw new EscaleError('wrong-address', message, { place: `resources.${resource.name}.external` });
}
