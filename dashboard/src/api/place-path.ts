import type { Place } from './types.ts';

/** The address of something of a system in an environment; each word is one part of it. */
export function pathOf({ system, environment }: Place, ...words: string[]): string {
  const parts = [system, 'environments', environment, ...words];
  return `/api/systems/${parts.map(encodeURIComponent).join('/')}`;
}
