import { bindingWord } from './names.ts';

/** The kinds of resources that this version has. */
export const RESOURCE_TYPES = ['postgres'] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/** Variables that whoever uses a resource gets, by its type. */
export const BOUND_VARIABLES: Record<ResourceType, string[]> = { postgres: ['DATABASE_URL'] };

/** A used resource, and what stands before its variables: nothing, or `DB_` where several of one kind are used. */
export interface ResourceBinding {
  resource: string;
  prefix: string;
}

/** The resources among what a service or job uses, in its order. */
export function resourceBindings(
  uses: readonly string[],
  types: Readonly<Record<string, ResourceType>>,
): ResourceBinding[] {
  const used = uses.filter((use) => Object.hasOwn(types, use));
  const several = (type: ResourceType) => used.filter((use) => types[use] === type).length > 1;
  return used.map((resource) => ({
    resource,
    prefix: several(types[resource]!) ? `${bindingWord(resource)}_` : '',
  }));
}
