import type { SystemView } from '../api/types.ts';
import type { Tone } from './badge.tsx';

/** What a system's state is to a reader. */
export const SYSTEM_TONES: Record<SystemView['state'], Tone> = {
  ready: 'go',
  degraded: 'wait',
  updating: 'note',
  down: 'plain',
};
