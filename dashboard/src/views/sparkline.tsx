import { useMemo } from 'react';
import { rateSeries, type Sample } from '../state/rates.ts';
import { rate } from '../words/format.ts';
import { usePage } from './context.tsx';

const POINTS = 40;
const WIDTH = 120;
const HEIGHT = 28;

/** Requests per second over the last two minutes, as a small tide curve. */
export function Sparkline({ samples }: { samples: readonly Sample[] }) {
  const { t, locale } = usePage();
  const now = samples.at(-1)?.at ?? 0;
  const series = useMemo(() => rateSeries(samples, now, POINTS), [samples, now]);
  const most = Math.max(0, ...series.map((value) => value ?? 0));
  const { line, area } = pathsOf(series, Math.max(most, 1));
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t('service.spark', { most: rate(most, locale) })}
    >
      <path className="spark-floor" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
      <path className="spark-area" d={area} />
      <path className="spark-line" d={line} />
    </svg>
  );
}

function pathsOf(series: (number | null)[], top: number): { line: string; area: string } {
  const from = series.findIndex((value) => value !== null);
  if (from < 0) return { line: '', area: '' };
  const x = (index: number) => ((index / (series.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - 1 - (value / top) * (HEIGHT - 4)).toFixed(1);
  const points = series.slice(from).map((value, index) => `${x(from + index)} ${y(value ?? 0)}`);
  const line = `M${points.join('L')}`;
  return { line, area: `${line}V${HEIGHT}H${x(from)}Z` };
}
