/** Where the sun stands, by the usual approximations (good to about a degree, and a few minutes). */

const radians = Math.PI / 180;

interface Point {
  latitude: number;
  longitude: number;
}

/** Degrees over the horizon at `seconds` since 1970. */
export function sunHeight({ latitude, longitude }: Point, seconds: number): number {
  const tilt = declination(seconds) * radians;
  const turn = ((seconds / 86_400) % 1) * 360 + longitude - 180;
  const { sin, cos } = Math;
  const height =
    sin(latitude * radians) * sin(tilt) + cos(latitude * radians) * cos(tilt) * cos(turn * radians);
  return Math.asin(height) / radians;
}

export interface Daylight {
  /** Seconds since 1970; null: the sun doesn't cross the horizon that day. */
  sunrise: number | null;
  sunset: number | null;
  /** Seconds. */
  daylight: number;
}

/** The daylight around the noon of the local day that begins at `seconds` since 1970. */
export function daylightOf({ latitude, longitude }: Point, seconds: number): Daylight {
  const noon = solarNoon(longitude, seconds);
  const tilt = declination(noon) * radians;
  const { sin, cos, acos } = Math;
  const turn =
    (sin(-0.833 * radians) - sin(latitude * radians) * sin(tilt)) / (cos(latitude * radians) * cos(tilt));
  if (turn >= 1 || turn <= -1) return { sunrise: null, sunset: null, daylight: turn >= 1 ? 0 : 86_400 };
  const half = (acos(turn) / radians) * 240;
  return { sunrise: Math.round(noon - half), sunset: Math.round(noon + half), daylight: 2 * half };
}

/** The first solar noon at or after `seconds`. */
function solarNoon(longitude: number, seconds: number): number {
  const offset = 43_200 - longitude * 240;
  return Math.ceil((seconds - offset) / 86_400) * 86_400 + offset;
}

function declination(seconds: number): number {
  return -23.44 * Math.cos((2 * Math.PI * (seconds / 86_400 - 355)) / 365.2425);
}
