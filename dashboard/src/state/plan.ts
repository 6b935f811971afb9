import type { Operation } from '../api/types.ts';

/** The services that operations start anew or end, each once, in their order. */
export function servicesIn(operations: readonly Operation[]): string[] {
  const touched = operations.flatMap((operation) =>
    operation.kind === 'start' || operation.kind === 'retire' || operation.kind === 'scale'
      ? [operation.service]
      : [],
  );
  return [...new Set(touched)];
}
