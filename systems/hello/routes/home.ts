import { send } from '../answer.ts';
import type { Context } from '../context.ts';
import { preferredLanguage, prefersHtml } from '../negotiation.ts';
import { page } from '../page.ts';
import type { Route } from '../router.ts';

/** The sentence: bare to a plain client, on a page to a browser. */
export function homeRoutes({ settings }: Context): Route[] {
  const { identity } = settings;
  return [
    {
      method: 'GET',
      path: '/',
      handle: ({ request, response }) => {
        const headers = { vary: 'Accept, Accept-Language' };
        if (!prefersHtml(request.headers.accept)) {
          send(response, 200, { type: 'text/plain; charset=utf-8', body: 'Hello, World!', headers });
          return;
        }
        const language = preferredLanguage(request.headers['accept-language']);
        send(response, 200, {
          type: 'text/html; charset=utf-8',
          body: page(identity, language),
          headers: {
            ...headers,
            'content-language': language,
            'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
            'cache-control': 'no-store',
          },
        });
      },
    },
  ];
}
