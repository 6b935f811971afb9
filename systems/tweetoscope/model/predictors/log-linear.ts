import { fitLine, type Line } from './line.ts';
import type { PointMethod, PointModel } from './point-method.ts';

/** ln N = a + b ln n by least squares (Szabó and Huberman, 2010); never below the events seen. */
export const logLinear: PointMethod = {
  name: 'log-linear',
  rule: 'own answer',
  needsEvents: false,
  fewestSamples: 3,
  train(samples) {
    const seen = Float64Array.from(samples, ({ view }) => Math.log(view.size));
    const { line, leaveOneOut } = fitLine(
      seen,
      Float64Array.from(samples, ({ size }) => Math.log(size)),
    );
    const outOfSample = leaveOneOut.map((answer, i) => Math.max(0, Math.exp(answer) - samples[i]!.view.size));
    return { model: logLinearModel(line), outOfSample };
  },
  restore: (json) => logLinearModel(json as Line),
  untrained: () => ({ ahead: ({ size }) => size, toJSON: () => null }),
};

/** The model of a fitted line. */
export function logLinearModel(line: Line): PointModel {
  return {
    ahead: ({ size }) => Math.max(0, Math.exp(line.intercept + line.slope * Math.log(size)) - size),
    toJSON: () => line,
  };
}
