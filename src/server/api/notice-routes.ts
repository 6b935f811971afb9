import { z } from 'zod';
import { FORMATS, NOTICE_TYPES, type Notices } from '../notices/index.ts';
import type { ApiApp } from './validation.ts';

const everywhere = { role: 'admin', environment: 'all' } as const;
const webhook = z.object({
  url: z.string().max(2048),
  format: z.enum(FORMATS).default('json'),
  types: z.array(z.enum(NOTICE_TYPES)).max(NOTICE_TYPES.length).default([]),
  allowInside: z.boolean().default(false),
});
const params = z.object({ webhook: z.coerce.number().int().positive() });

/** Addresses that are told what happens. No answer holds one: it may be a secret itself. */
export function noticeRoutes(app: ApiApp, notices: Notices): void {
  const config = { access: everywhere, notes: ['format', 'types', 'allowInside'] };
  app.get('/api/webhooks', { config: { ...config, about: 'Addresses that are told what happens' } }, () =>
    notices.list(),
  );
  app.post(
    '/api/webhooks',
    {
      config: { ...config, action: 'webhooks add', about: 'Add one; the answer holds its secret, this once' },
      schema: { body: webhook },
    },
    ({ body }) => notices.add(body),
  );
  app.post(
    '/api/webhooks/:webhook/remove',
    { config: { ...config, about: 'Tell it nothing more' }, schema: { params } },
    (request) => {
      notices.remove(request.params.webhook);
      return {};
    },
  );
  app.post(
    '/api/webhooks/:webhook/test',
    { config: { ...config, about: 'Send it a notice now' }, schema: { params } },
    async (request) => ({ problem: await notices.test(request.params.webhook) }),
  );
}
