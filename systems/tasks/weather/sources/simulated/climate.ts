import type { Hour } from '../../forecast/variables.ts';
import { curve, hash } from './noise.ts';
import { sunHeight } from './sun.ts';

export interface Point {
  latitude: number;
  longitude: number;
}

/** The made-up height of a place, m: the same for all points within 0.1°. */
export function elevationOf(point: Point): number {
  return Math.round(hash(...cell(point), 1) ** 3 * 900);
}

/** The made-up weather of a place in the hour that begins at `seconds` since 1970: the same whoever asks, whenever. */
export function hourAt(point: Point, seconds: number): Hour {
  const days = seconds / 86_400;
  const random = (channel: number, pace: number) => curve(days * pace, [...cell(point), channel]);
  const elevation = elevationOf(point);
  const height = sunHeight(point, seconds + 1800);
  const cloud = cloudCover(random(2, 0.8) * 0.75 + random(3, 4) * 0.25);
  const temperature = temperatureOf({ point, days, height, cloud, elevation }) + (random(4, 0.6) - 0.5) * 9;
  const precipitation = cloud > 75 ? ((cloud - 75) / 25) ** 2 * 4 * random(5, 9) : 0;
  const humidity = Math.min(100, Math.max(18, 58 + cloud * 0.32 - height * 0.35 + (random(6, 2) - 0.5) * 24));
  const hour = { temperature, humidity, cloud, precipitation: precipitation < 0.1 ? 0 : precipitation };
  return {
    ...hour,
    windSpeed: 2 + random(7, 1.5) ** 2 * 38,
    windDirection: random(8, 0.7) * 360,
    pressure: 1031 - cloud * 0.22 - random(9, 0.5) * 14,
    code: weatherCode({ ...hour, calm: random(7, 1.5) < 0.4, stormy: random(10, 3) > 0.7 }),
    isDay: height > -0.833,
    sunHeight: height,
    elevation,
  };
}

function cell({ latitude, longitude }: Point): [number, number] {
  return [Math.round(latitude * 10), Math.round(longitude * 10)];
}

/** Percent; the middle of the curve is stretched so that skies are often clear or covered. */
function cloudCover(level: number): number {
  return Math.min(100, Math.max(0, (level - 0.22) * 175));
}

interface Air {
  point: Point;
  days: number;
  height: number;
  cloud: number;
  elevation: number;
}

function temperatureOf({ point, days, height, cloud, elevation }: Air): number {
  const latitude = (point.latitude * Math.PI) / 180;
  const mean = 28 - 46 * Math.sin(latitude) ** 2;
  const season = Math.cos(((days - 201) / 365.25) * 2 * Math.PI) * 14 * Math.sin(latitude);
  const day = Math.sin((height * Math.PI) / 180) * 6 * (1 - cloud / 180);
  return mean + season + day - elevation * 0.0065;
}

interface Sky extends Pick<Hour, 'temperature' | 'humidity' | 'cloud' | 'precipitation'> {
  calm: boolean;
  stormy: boolean;
}

/** WMO code 4677 as Open-Meteo uses it. */
function weatherCode({ temperature, humidity, cloud, precipitation, calm, stormy }: Sky): number {
  if (precipitation > 0) {
    if (temperature <= 0.5) return precipitation > 1.5 ? 75 : precipitation > 0.5 ? 73 : 71;
    if (precipitation > 1 && temperature > 16 && stormy) return 95;
    if (precipitation < 0.4) return 51;
    return precipitation > 2 ? 65 : precipitation > 1 ? 63 : 61;
  }
  if (humidity > 92 && calm) return 45;
  return cloud < 12 ? 0 : cloud < 35 ? 1 : cloud < 75 ? 2 : 3;
}
