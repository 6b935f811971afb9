import * as z from 'zod';
import { DURATION, formatDuration, parseDuration } from '../duration.ts';
import { parseSize, SIZE } from '../size.ts';

/** The longest time that may be written anywhere. */
const LONGEST_MS = parseDuration('7d')!;

/** The sentence part after `expected`; it is the message of every failed check of that field. */
export function expecting(text: string): { error: string } {
  return { error: `expected ${text}` };
}

/** A time between two bounds in ms, written like `20s`. */
export function duration(leastMs = 0, mostMs = LONGEST_MS) {
  const form = expecting('a time such as "500ms", "20s", "5m" or "1h"');
  const range = expecting(`a time from ${formatDuration(leastMs)} to ${formatDuration(mostMs)}`);
  const fits = (ms: number | null) => ms === null || (ms >= leastMs && ms <= mostMs);
  return z
    .string(form)
    .regex(DURATION, form)
    .refine((text) => fits(parseDuration(text)), range);
}

/** A size of at least `leastBytes`, written like `512MB`. */
export function size(leastBytes: number, leastText: string) {
  const form = expecting('a size such as "512MB" or "1GiB"');
  const fits = (bytes: number | null) => bytes === null || bytes >= leastBytes;
  return z
    .string(form)
    .regex(SIZE, form)
    .refine((text) => fits(parseSize(text)), expecting(`a size of at least ${leastText}`));
}

/** A whole number between two bounds. */
export function whole(least: number, most: number) {
  const form = expecting(`a whole number from ${least} to ${most}`);
  return z.int(form).min(least, form).max(most, form);
}

/** A text without control characters of at most `most` characters. */
export function text(what: string, most = 4096) {
  const form = expecting(what);
  return z
    .string(form)
    .min(1, form)
    .max(most, expecting(`${what}, at most ${most} characters long`))
    .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), expecting(`${what} without control characters`));
}

/** A map from names to values; `pattern` is for editors, the names themselves are checked with better words elsewhere. */
export function mapOf<Value extends z.ZodType>(value: Value, what: string, pattern?: RegExp) {
  const record = z.record(z.string(), value, expecting(what));
  return pattern ? record.meta({ propertyNames: { pattern: pattern.source } }) : record;
}

/** A map with known keys only. */
export function shape<Shape extends z.core.$ZodLooseShape>(keys: Shape, what: string) {
  return z.strictObject(keys, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : `expected ${what}`),
  });
}
