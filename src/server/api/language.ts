import type { FastifyRequest } from 'fastify';

/** Whether someone reads French rather than English. */
export function readsFrench(request: FastifyRequest): boolean {
  const header = request.headers['accept-language'] ?? '';
  const weight = (language: string) =>
    Math.max(
      0,
      ...header
        .split(',')
        .map((part) => part.trim().toLowerCase().split(';q='))
        .filter(([tag]) => tag === language || tag!.startsWith(`${language}-`))
        .map(([, q]) => Number(q ?? 1)),
    );
  return weight('fr') > weight('en');
}
