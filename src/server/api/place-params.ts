import { z } from 'zod';
import { NAME_EXPECTED } from '../../core/manifest/index.ts';

/** Names of the file become folders and sockets here: nothing else may stand in their place. */
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, `expected ${NAME_EXPECTED}`);
export const placeOf = z.object({ system: name, environment: name });

export const SYSTEM = '/api/systems/:system/environments/:environment';
