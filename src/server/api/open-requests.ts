import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Accounts, Known } from '../access/index.ts';

/** An answer under way may end within this when its rights have changed, ms. */
const GRACE_MS = 500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Answers that go on for long (logs, events) end when whoever gets them may not have them any more. */
export function endWithRights(app: FastifyInstance, accounts: Accounts, now: () => number): void {
  const open = new Map<FastifyReply, Known>();
  const unwatch = accounts.watch((user) => {
    const theirs = [...open].filter(([, { principal }]) => principal.name === user).map(([reply]) => reply);
    setTimeout(() => theirs.forEach(cut), GRACE_MS).unref();
  });
  app.addHook('onClose', async () => void unwatch());
  app.addHook('onRequest', async ({ known }, reply) => {
    if (known === null || known.principal.kind === 'owner') return;
    open.set(reply, known);
    const left = Math.min(known.expiresAt - now(), LONGEST_TIMER_MS);
    const timer = setTimeout(cut, left, reply).unref();
    reply.raw.once('close', () => {
      clearTimeout(timer);
      open.delete(reply);
    });
  });
}

function cut({ raw }: FastifyReply): void {
  if (!raw.writableEnded) raw.destroy();
}
