import { secretsOfProgram, secretsOfResource } from '../manifest/index.ts';
import { sameSecrets } from '../release/index.ts';
import type { Resolution } from './plan.ts';

/** What has another value than before and what is replaced for that, a line for each secret, for people. */
export function secretNotes(before: Resolution | null, after: Resolution): string[] {
  if (before === null) return [];
  const changed = Object.keys(after.secrets ?? {}).filter((name) => !sameSecrets([name], before, after));
  return changed.flatMap((name) => {
    const touched = usersOf(name, after).filter((user) => usersOf(name, before).includes(user));
    return touched.length === 0
      ? []
      : [`the secret ${name} has another value: it is used by ${touched.join(', ')}`];
  });
}

/** Services and resources that are something else with another value; a job takes it at its next run anyway. */
function usersOf(secret: string, { system }: Resolution): string[] {
  const services = Object.values(system.services).filter((service) =>
    secretsOfProgram(service, system).includes(secret),
  );
  const resources = Object.values(system.resources).filter((resource) =>
    secretsOfResource(resource).includes(secret),
  );
  return [...services, ...resources].map(({ name }) => name);
}
