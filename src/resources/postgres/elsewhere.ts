import type { ResourceAt } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';

/** What is refused for a resource that Escale only uses. */
export function elsewhere({ name }: ResourceAt): EscaleError {
  return new EscaleError(
    'resource-elsewhere',
    `${name} exists elsewhere: Escale neither starts nor copies it`,
    {
      place: name,
    },
  );
}
