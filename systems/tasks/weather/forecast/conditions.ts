/** What a city's answer says of the sky. */
export type Condition = 'clear' | 'clouds' | 'fog' | 'drizzle' | 'rain' | 'snow' | 'thunderstorm';

/** The last WMO code (4677, as Open-Meteo uses it) of each condition, in rising order. */
const upTo: [last: number, condition: Condition][] = [
  [1, 'clear'],
  [3, 'clouds'],
  [48, 'fog'],
  [57, 'drizzle'],
  [67, 'rain'],
  [77, 'snow'],
  [82, 'rain'],
  [86, 'snow'],
  [99, 'thunderstorm'],
];

/** The condition of a WMO code; one that isn't known counts as clouds. */
export function conditionOf(code: number): Condition {
  return upTo.find(([last]) => code <= last)?.[1] ?? 'clouds';
}
