import { OWNER } from '../access/index.ts';
import type { Door } from './access.ts';

/** Whoever may open the socket (mode 0600) is the owner. */
export const socketDoor: Door = {
  receive(request) {
    request.from = 'socket';
    return null;
  },
  identify: () => ({ principal: OWNER, expiresAt: Number.POSITIVE_INFINITY }),
  scrapes: () => false,
  strangers: () => null,
  powerless: () => null,
};
