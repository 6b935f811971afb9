import type { IncomingHttpHeaders } from 'node:http';

/** Where the browser finds the services. */
export interface Addresses {
  /** The to-do API: a path of this origin, or an address. */
  api: string;
  /** The weather service: an address, usually without its protocol. */
  weather: string;
}

/** From `PUBLIC_API_URL` and `PUBLIC_WEATHER_URL`; by default `/api`, and the host beside the page's own. */
export function publicAddresses(env: NodeJS.ProcessEnv, headers: IncomingHttpHeaders): Addresses {
  const forwarded = [headers['x-forwarded-host'] ?? []].flat()[0];
  const host = forwarded ?? headers.host ?? 'localhost';
  return {
    api: env.PUBLIC_API_URL || '/api',
    weather: env.PUBLIC_WEATHER_URL || `//${weatherHost(host)}`,
  };
}

/** `tasks.localhost:8080` → `weather.localhost:8080`, `staging.tasks.x.org` → `staging.weather.x.org`. */
export function weatherHost(host: string): string {
  if (!/^[\w.-]+(:\d{1,5})?$/.test(host)) return 'weather.localhost';
  const labels = host.split('.');
  const own = labels.indexOf('tasks');
  if (own < 0) return `weather.${host}`;
  return labels.with(own, 'weather').join('.');
}

/** The origins of the addresses, as a content security policy names them. */
export function connectSources({ api, weather }: Addresses): string {
  return [api, weather]
    .map((address) => /^((https?:)?\/\/[^/;,\s]+)/.exec(address)?.[1]?.replace(/^\/\//, ''))
    .filter(Boolean)
    .join(' ');
}
