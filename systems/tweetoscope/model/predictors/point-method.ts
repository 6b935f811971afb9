import type { Prefix } from '../cascade.ts';
import { follow } from './follow.ts';
import { forecastOf, held, type SizeRule } from './forecast-of.ts';
import { type Futures, mixedForecast } from './mixed-law.ts';
import type { Example, FitOptions, Method, Predictor, PredictorJson } from './predictor.ts';
import { requireOptions, requireSizes } from './require.ts';
import { type ResidualLaw, residualLaw } from './residual-law.ts';
import { type View, viewOf } from './view.ts';

/** A training cascade as point methods see it: its view, its size, and ŷ's target ln(1 + events to come). */
export interface Sample {
  readonly view: View;
  readonly size: number;
  readonly target: number;
}

/** A model that says how many events are still to come. */
export interface PointModel {
  ahead(view: View): number;
  /** What became of similar training cascades, where the model knows: they enter the law with this share. */
  futures?(view: View): { readonly futures: Futures; readonly share: number };
  /** Whether training has shown cascades like this one; without it none is. */
  knows?(view: View): boolean;
  /** Its state as plain JSON, for PointMethod.restore. */
  toJSON(): unknown;
}

/** A trained model, and for each sample the answer of a model that had not seen it. */
export interface TrainedPoint {
  readonly model: PointModel;
  readonly outOfSample: ArrayLike<number>;
}

/** What a method must add to become a Method with intervals and a JSON form. */
export interface PointMethod {
  readonly name: string;
  readonly rule: SizeRule;
  /** False where views come from features alone, so that following a cascade needs no memory of its events. */
  readonly needsEvents: boolean;
  readonly fewestSamples: number;
  train(samples: readonly Sample[], options: { window: number; seed: number }): TrainedPoint;
  restore(json: unknown): PointModel;
  /** The model used when there are too few samples. */
  untrained(): PointModel;
}

/** The version of the JSON form. */
export const PREDICTOR_VERSION = 1;

interface Parts {
  readonly method: PointMethod;
  readonly model: PointModel;
  readonly law: ResidualLaw;
  readonly trained: boolean;
  readonly window: number;
  readonly level: number;
  readonly secondsPerUnit: number;
}

/** Makes a Method of a point method: its out-of-sample errors on the examples become the intervals. */
export function methodOf(method: PointMethod): Method {
  return { name: method.name, fit: (examples, options) => fit(method, examples, options) };
}

/** The predictor of a JSON form that `method` wrote. Throws RangeError on another format or version. */
export function predictorFromJson(method: PointMethod, json: PredictorJson): Predictor {
  if (json.format !== 'tweetoscope-predictor' || json.version !== PREDICTOR_VERSION) {
    throw new RangeError(
      `expected a tweetoscope-predictor of version ${PREDICTOR_VERSION}, got version ${json.version}`,
    );
  }
  const { window, level, secondsPerUnit, trained } = json;
  const model = trained ? method.restore(json.point) : method.untrained();
  const law = { residuals: Float64Array.from(json.residuals) };
  return predictorOf({ method, model, law, trained, window, level, secondsPerUnit });
}

function fit(method: PointMethod, examples: readonly Example[], options: FitOptions): Predictor {
  const { window, seed = 1, level = 0.9, secondsPerUnit = 1 } = options;
  requireOptions({ window, level, secondsPerUnit });
  requireSizes(examples);
  const samples = examples.map((example) => sampleOf(example, secondsPerUnit));
  const trained = samples.length >= method.fewestSamples;
  const { model, outOfSample } = trained
    ? method.train(samples, { window: window * secondsPerUnit, seed })
    : { model: method.untrained(), outOfSample: [] };
  const answers = trained ? outOfSample : samples.map(({ view }) => model.ahead(view));
  const law = residualLaw(samples.map(({ target }, i) => target - Math.log1p(held(answers[i]!))));
  return predictorOf({ method, model, law, trained, window, level, secondsPerUnit });
}

function sampleOf({ prefix, size }: Example, secondsPerUnit: number): Sample {
  const view = viewOf(prefix, secondsPerUnit);
  return { view, size, target: Math.log1p(Math.max(0, size - view.size)) };
}

function predictorOf(parts: Parts): Predictor {
  const { method, model, law, level, trained, window, secondsPerUnit } = parts;
  const forecast = (view: View) => {
    const outlook = { seen: view.size, ahead: model.ahead(view), law, level, known: model.knows?.(view) };
    const similar = model.futures?.(view);
    return similar
      ? mixedForecast({ ...outlook, ...similar })
      : forecastOf({ ...outlook, rule: method.rule, trained });
  };
  return {
    method: method.name,
    window,
    predict: (prefix: Prefix) => forecast(viewOf(prefix, secondsPerUnit)),
    follow: (rootMark) =>
      follow({ rootMark, window, secondsPerUnit, needsEvents: method.needsEvents || !trained, forecast }),
    toJSON: () => ({
      format: 'tweetoscope-predictor',
      version: PREDICTOR_VERSION,
      method: method.name,
      window,
      level,
      secondsPerUnit,
      trained,
      residuals: [...law.residuals],
      point: trained ? model.toJSON() : null,
    }),
  };
}
