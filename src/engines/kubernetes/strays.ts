import type { Stray } from '../../core/contracts/index.ts';
import { addedFields, type KubernetesPart, strayedFields } from '../../core/kubernetes/index.ts';
import { FIELD_MANAGER, type LiveObject } from './api/index.ts';

/** Where live objects have come away from what was applied. */
export function straysOf(parts: KubernetesPart[], live: LiveObject[]): Stray[] {
  return parts.flatMap((part) =>
    part.objects
      .filter(({ kind }) => kind !== 'Namespace')
      .flatMap((object): Stray[] => {
        const { kind, metadata } = object;
        const what = `${kind} ${metadata.name}`;
        const there = live.find((each) => each.kind === kind && each.metadata.name === metadata.name);
        const service = part.name;
        if (there === undefined) return [{ kind: 'missing', service, message: `${what} is gone` }];
        const { managedFields = [] } = there.metadata;
        const fields = strayedFields(object, there);
        const changed = fields.map(({ path, wished, found }) => ({
          ...{ kind: 'changed' as const, service },
          message: `${path} of ${what} is ${short(found)}, and not ${short(wished)}${by(managedFields, path)}`,
        }));
        const added = addedFields(managedFields, FIELD_MANAGER)
          .filter(({ path }) => !fields.some((field) => field.path === path))
          // A number that the object does not say is an autoscaler's.
          .filter(({ path }) => !(kind === 'Deployment' && path === 'spec.replicas'))
          .map(({ path, manager }) => ({
            ...{ kind: 'added' as const, service, message: `${manager} has added ${path} to ${what}` },
          }));
        return [...changed, ...added];
      }),
  );
}

function by(managedFields: NonNullable<LiveObject['metadata']['managedFields']>, path: string): string {
  const holder = addedFields(managedFields, FIELD_MANAGER).find((each) => each.path === path);
  return holder === undefined ? '' : ` (${holder.manager})`;
}

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
