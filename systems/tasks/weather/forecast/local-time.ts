import type { Units } from './units.ts';

/** Seconds east of GMT in a zone at a moment (seconds since 1970). */
export function offsetOf(timezone: string, seconds: number): number {
  const [, sign, hours, minutes = '0'] =
    /GMT([+-])(\d\d):?(\d\d)?/.exec(zoneName(timezone, seconds, 'longOffset')) ?? [];
  if (hours === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** `GMT+1`, `EST`. */
export function abbreviationOf(timezone: string, seconds: number): string {
  return zoneName(timezone, seconds, 'short');
}

function zoneName(timezone: string, seconds: number, timeZoneName: 'longOffset' | 'short'): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName });
  return format.formatToParts(seconds * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
}

/** A moment as Open-Meteo writes it: local `2026-11-20T14:00`, or seconds since 1970. */
export function localTime(seconds: number, offset: number, format: Units['time']): string | number {
  return format === 'unixtime' ? seconds : isoOf(seconds + offset).slice(0, 16);
}

/** The day of a moment: `2026-11-20`, or its seconds since 1970. */
export function localDay(seconds: number, offset: number, format: Units['time']): string | number {
  return format === 'unixtime' ? seconds : isoOf(seconds + offset).slice(0, 10);
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
