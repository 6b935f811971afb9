import path from 'node:path';
import { EscaleError } from '../core/errors/index.ts';

/** Where images are written to, beside the cache. */
export interface ImageOutput {
  kind: 'layout' | 'archive';
  /** Absolute. */
  path: string;
  /** As it was written. */
  shown: string;
}

/** `layout:FOLDER` or `archive:FILE`. Throws `image-choice`. */
export function parseOutput(text: string): ImageOutput {
  const match = /^(layout|archive):(.+)$/s.exec(text);
  if (match !== null)
    return { kind: match[1] as ImageOutput['kind'], path: path.resolve(match[2]!), shown: match[2]! };
  throw new EscaleError('image-choice', `${JSON.stringify(text)} is no output`, {
    next: 'Write `--output layout:FOLDER` or `--output archive:FILE`.',
  });
}
