const NICKNAMES = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/;
const FIELDS = /^[0-9A-Za-z*,/-]+(\s+[0-9A-Za-z*,/-]+){4}$/;
/** Words of Escale's schedules that a cluster does not know: the last day, the nearest working day, the second Monday. */
const UNKNOWN = /[0-9*,\s](L|W)\b|^L|\bL[0-9,\s-]|#/;
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** A schedule as a CronJob takes it; null when it has no words for it. Sunday is 0 there, and never 7. */
export function kubernetesCron(cron: string): string | null {
  const text = cron.trim();
  if (NICKNAMES.test(text)) return text;
  if (!FIELDS.test(text) || UNKNOWN.test(text.toUpperCase().replaceAll(/JUL|WED/g, ''))) return null;
  const [minute, hour, day, month, weekday] = text.split(/\s+/);
  return [minute, hour, day, month, withoutSeven(weekday!)].join(' ');
}

/** Days of the week that name 7 are written out one by one. */
function withoutSeven(field: string): string {
  if (!field.includes('7')) return field;
  const days = field.split(',').flatMap(daysOf);
  return [...new Set(days.map((day) => day % 7))].sort().join(',');
}

/** `5-7` → 5, 6, 7; `1-7/2` → 1, 3, 5, 7. */
function daysOf(range: string): number[] {
  const [span = '', step = '1'] = range.split('/');
  const [from = 0, to = range.includes('/') ? 7 : from] = span === '*' ? [0, 6] : span.split('-').map(dayOf);
  const days: number[] = [];
  for (let day = from; day <= to; day += Math.max(1, Number(step))) days.push(day);
  return days;
}

function dayOf(word: string): number {
  const named = DAYS.indexOf(word.toUpperCase());
  return named >= 0 ? named : Number(word);
}
