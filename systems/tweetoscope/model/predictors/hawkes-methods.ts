import type { Prefix } from '../cascade.ts';
import { fitMap, fitMle, reportBounds } from '../hawkes/fit.ts';
import { type HawkesOutlook, outlook } from '../hawkes/forecast.ts';
import { meanMark, REPORT_MARKS, shrunkMeanMark } from '../hawkes/marks.ts';
import { untrainedMethod } from './untrained-method.ts';

const REPORT_MEAN_MARK = meanMark(REPORT_MARKS);

/** The report's estimator: MAP with its prior and its marks (α = 2.4, μ = 10). */
export const hawkesMap = untrainedMethod('hawkes-map', ({ prefix }) => {
  const fit = fitMap(prefix, reportBounds(REPORT_MEAN_MARK));
  return ahead(prefix, outlook(prefix, fit, REPORT_MEAN_MARK, 1));
});

/** The same by maximum likelihood. */
export const hawkesMle = untrainedMethod('hawkes-mle', ({ prefix }) => {
  const fit = fitMle(prefix, reportBounds(REPORT_MEAN_MARK));
  return ahead(prefix, outlook(prefix, fit, REPORT_MEAN_MARK, 1));
});

/** Prior of the branching factor n* and of β (per second) when marks are taken from the cascade itself. */
const BRANCHING_PRIOR = { mean: 0.5, sd: 0.25, beta: 0.0004, betaSd: 0.001 } as const;

/** Our Hawkes: the prior is on n* instead of p, and E[M] is the retweeters' own mean, shrunk; so a huge root does no harm. */
export const hawkesBranching = untrainedMethod('hawkes-branching', ({ prefix }) =>
  ahead(prefix, branchingOutlook(prefix)),
);

/** The outlook of a prefix under the prior on n*. */
export function branchingOutlook(prefix: Prefix): HawkesOutlook {
  const mean = shrunkMeanMark(prefix.marks);
  const { beta } = reportBounds(mean);
  const bounds = { p: [1e-12, 0.95 / mean] as const, beta };
  const fit = fitMap(prefix, bounds, {
    mean: [BRANCHING_PRIOR.mean / mean, BRANCHING_PRIOR.beta],
    sd: [BRANCHING_PRIOR.sd / mean, BRANCHING_PRIOR.betaSd],
    correlation: 0,
  });
  return outlook(prefix, fit, mean);
}

function ahead(prefix: Prefix, { size }: HawkesOutlook): number {
  return size - prefix.times.length;
}
