const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** `4 minutes ago`; `now` below a second. */
export function ago(at: number, now: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const past = Math.max(0, now - at);
  const [unit, length] = UNITS.find(([, ms]) => past >= ms) ?? ['second', 1000];
  return format.format(past < length ? 0 : -Math.floor(past / length), unit);
}

/** `in 4 minutes`; `now` from a second before on. */
export function until(at: number, now: number, locale: string): string {
  const left = Math.max(0, at - now);
  const numeric = left < 1000 ? 'auto' : 'always';
  const format = new Intl.RelativeTimeFormat(locale, { numeric, style: 'short' });
  const [unit, length] = UNITS.find(([, ms]) => left >= ms) ?? ['second', 1000];
  return format.format(Math.floor(left / length), unit);
}

/** Its two largest parts, `3h 20m`; milliseconds below a second, tenths below ten. */
export function duration(ms: number, locale: string): string {
  if (ms < 1000) return inUnit(Math.max(0, Math.round(ms)), 'millisecond', { locale, display: 'narrow' });
  if (ms < 10_000) return inUnit(Math.round(ms / 100) / 10, 'second', { locale, display: 'narrow' });
  const first = UNITS.findIndex(([, length]) => ms >= length);
  const parts = UNITS.slice(first, first + 2).map(([unit, length], index) => ({
    unit,
    count: Math.floor((index === 0 ? ms : ms % UNITS[first]![1]) / length),
  }));
  return parts
    .filter(({ count }, index) => index === 0 || count > 0)
    .map(({ unit, count }) => inUnit(count, unit, { locale, display: 'narrow' }))
    .join(' ');
}

/** Bytes as `48 MB`, in powers of ten. */
export function bytes(count: number, locale: string): string {
  if (count >= 1e9) return inUnit(Math.round(count / 1e8) / 10, 'gigabyte', { locale, display: 'short' });
  return count >= 1e6
    ? inUnit(Math.round(count / 1e6), 'megabyte', { locale, display: 'short' })
    : inUnit(Math.round(count / 1e3), 'kilobyte', { locale, display: 'short' });
}

/** A share of one core as a percentage: `150 %` is one and a half. */
export function percent(share: number, locale: string): string {
  const digits = share < 0.1 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** A rate with as many digits as are worth reading. */
export function rate(perSecond: number, locale: string): string {
  const digits = perSecond < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(perSecond);
}

/** The time of day, and the date too where that is another day than `now`'s. */
export function moment(at: number, now: number, locale: string): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(locale, {
    ...(isToday ? {} : { dateStyle: 'short' }),
    timeStyle: 'medium',
  }).format(at);
}

function inUnit(
  count: number,
  unit: string,
  { locale, display }: { locale: string; display: 'short' | 'narrow' },
): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: display }).format(count);
}
