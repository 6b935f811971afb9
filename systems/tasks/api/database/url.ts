/** `DATABASE_URL`; throws when it is missing. */
export function databaseUrl(env: NodeJS.ProcessEnv): string {
  if (env.DATABASE_URL) return env.DATABASE_URL;
  throw new Error('DATABASE_URL is not set: expected something like postgres://user:password@host:5432/name');
}
