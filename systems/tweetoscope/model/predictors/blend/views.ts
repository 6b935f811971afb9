import { FEATURE_NAMES } from '../../features/observer.ts';

/** The features that one Gaussian process of the blend looks at, as places in FEATURE_NAMES. */
export type FeatureView = readonly number[];

const places = (...names: readonly (typeof FEATURE_NAMES)[number][]): FeatureView =>
  names.map((name) => FEATURE_NAMES.indexOf(name));

const FEW = places(
  'log n',
  'log rate, last 1/4',
  'log rate, last 1/2',
  'SEISMIC log p',
  'SEISMIC log direct',
  'SEISMIC log followers',
  'Hawkes log G1',
  'Hawkes log beta',
);

const MANY = [
  ...FEW,
  ...places(
    'log growth since 1/2',
    'log rate, last 1/8',
    'SEISMIC reacted share',
    'Hawkes log p',
    'unmarked log beta',
    'unmarked log G1',
    'unmarked log p',
    'log root followers',
    'mean log followers',
    'mean time / T',
  ),
];

/** Few, many and all features: a process cannot choose its features as a tree does, so three of them vote. */
export const FEATURE_VIEWS: readonly FeatureView[] = [FEW, MANY, FEATURE_NAMES.map((_, i) => i)];

/** A row reduced to a view. */
export function viewed(row: Float64Array, view: FeatureView): Float64Array {
  return Float64Array.from(view, (place) => row[place]!);
}
