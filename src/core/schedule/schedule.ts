import { Cron } from 'croner';

/** When a job runs by itself: cron words (five fields or a nickname) in a time zone. */
export interface Schedule {
  cron: string;
  timeZone: string;
}

const NICKNAMES = ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'];
const HINT = 'Five fields: minute, hour, day of month, month, day of week; or @daily and the like.';

/** What is wrong with cron words; null when nothing is. */
export function scheduleProblem(cron: string): { message: string; hint: string } | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5 && !NICKNAMES.includes(cron.trim()))
    return { message: 'is no schedule', hint: HINT };
  try {
    const next = new Cron(cron, { paused: true, timezone: 'UTC' }).nextRun(new Date(0));
    return next === null ? { message: 'never comes', hint: 'For example 0 3 * * *.' } : null;
  } catch (error) {
    return { message: `is no schedule: ${plain(error)}`, hint: HINT };
  }
}

function plain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\w*Pattern: /, '').replace(/\.$/, '');
}

/** What is wrong with the name of a time zone; null when nothing is. */
export function timeZoneProblem(timeZone: string): { message: string; hint: string } | null {
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return null;
  } catch {
    return { message: 'is no time zone', hint: 'For example Europe/Paris, or UTC.' };
  }
}

/** Between `from` and `next` no time is named: asked within, the answer is the same. */
interface KnownRun {
  from: number;
  next: number;
}

const KNOWN_MOST = 10_000;
const known = new Map<string, KnownRun>();

/** The first time after `after` (ms since 1970) that a schedule names; null when none comes. Asked often, computed seldom. */
export function nextRun(schedule: Schedule, after: number): number | null {
  const key = `${schedule.timeZone} ${schedule.cron}`;
  const last = known.get(key);
  if (last !== undefined && last.from <= after && after < last.next) return last.next;
  const next = computedRun(schedule, after);
  if (known.size >= KNOWN_MOST) known.clear();
  if (next !== null) known.set(key, { from: after, next });
  return next;
}

function computedRun({ cron, timeZone }: Schedule, after: number): number | null {
  return new Cron(cron, { paused: true, timezone: timeZone }).nextRun(new Date(after))?.getTime() ?? null;
}
