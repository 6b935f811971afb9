import { z } from 'zod';

/** Names of the file become folders and sockets here: nothing else may stand in their place. */
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
export const placeOf = z.object({ system: name, environment: name });

export const SYSTEM = '/api/systems/:system/environments/:environment';
