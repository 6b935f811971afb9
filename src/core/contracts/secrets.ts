/** Reading secrets where something is started: one by its name and version, in memory only. */
export interface SecretReader {
  /**
   * A value as a system in an environment sees it. Throws `secret-missing`, `secret-key`, `secret-damaged`; no error
   * says anything of the value.
   */
  value(place: { system: string; environment: string }, name: string, version: number | undefined): string;
}

/** Which value of each secret is meant, by name. Numbers are unique in an environment and grow at each set. */
export type SecretVersions = Record<string, number>;
