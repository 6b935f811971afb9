/** Median and mean ARE measured before with Python on the same 100 cascades (10-fold where learned); null: not measured. */
export interface PublishedRow {
  readonly method: string;
  readonly values: Readonly<Record<number, readonly [median: number, mean: number | null]>>;
}

/** The rows to beat; the last one is the strongest. */
export const PUBLISHED: readonly PublishedRow[] = [
  {
    method: "report's MAP",
    values: { 300: [8.53, 37], 600: [0.779, 5.55], 1200: [0.67, 0.74], 3600: [0.616, 0.6] },
  },
  {
    method: 'forest on ω',
    values: { 300: [0.328, 2.51], 600: [0.349, 0.67], 1200: [0.311, 0.52], 3600: [0.267, 0.39] },
  },
  {
    method: 'SEISMIC',
    values: { 300: [0.457, null], 600: [0.471, null], 1200: [0.446, null], 3600: [0.38, null] },
  },
  {
    method: 'log-linear',
    values: { 300: [0.337, 0.36], 600: [0.332, 0.35], 1200: [0.319, 0.35], 3600: [0.335, 0.34] },
  },
  {
    method: 'constant',
    values: { 300: [0.273, 0.31], 600: [0.273, null], 1200: [0.273, null], 3600: [0.273, null] },
  },
  {
    method: 'forest on log(N−n)',
    values: { 300: [0.228, 0.27], 600: [0.235, 0.26], 1200: [0.236, 0.25], 3600: [0.164, 0.23] },
  },
];

/** The name of the data set that the published rows were measured on. */
export const PUBLISHED_DATA = 'tideh-seismic100';
