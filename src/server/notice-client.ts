import type { JsonClient } from '../host/index.ts';
import type { WebhookView, WebhookWish } from './notices/index.ts';

/** Webhooks: calls that answer at once. */
export function noticesOver(client: JsonClient) {
  return {
    webhooks: () => client.call<WebhookView[]>('GET', '/api/webhooks'),
    addWebhook: (wish: WebhookWish) =>
      client.call<WebhookView & { secret: string }>('POST', '/api/webhooks', wish),
    removeWebhook: (id: number) => client.call<void>('POST', `/api/webhooks/${id}/remove`, {}),
    /** Null: it was taken. */
    testWebhook: (id: number) =>
      client.call<{ problem: string | null }>('POST', `/api/webhooks/${id}/test`, {}),
  };
}

export type NoticeCalls = ReturnType<typeof noticesOver>;
