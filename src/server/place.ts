/** A system in an environment: what everything is ordered by. */
export interface Place {
  system: string;
  environment: string;
}

/** Only the place of something that has more. */
export function placeOf({ system, environment }: Place): Place {
  return { system, environment };
}

/** `local/hello`. */
export function keyOf({ system, environment }: Place): string {
  return `${environment}/${system}`;
}
