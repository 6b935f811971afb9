import { FEATURE_NAMES } from '../../features/observer.ts';
import { hawkesBranching } from '../hawkes-methods.ts';
import { fitLine, type Line } from '../line.ts';
import type { PointMethod, PointModel, Sample, TrainedPoint } from '../point-method.ts';
import {
  type Members,
  type MembersJson,
  membersFromJson,
  membersToJson,
  predictMembers,
  similarFutures,
  trainMembers,
} from './members.ts';
import {
  chooseShare,
  familiarity,
  type KnownRange,
  lineAnswer,
  rangeOf,
  usualRange,
  within,
} from './trust.ts';

/** Below so many samples only the log-linear rule is used. */
const ENOUGH = 20;

/** Part of the law that is what became of similar cascades; the rest is the members' answer with its usual errors. */
const FUTURES_SHARE = 0.3;

const ROOT = FEATURE_NAMES.indexOf('log root followers');

/**
 * Our method: the average of a random forest and three Gaussian processes on ln(1 + N − n), over the O(1) features; the
 * size with the least expected relative error under the out-of-sample residuals. Where it sees a cascade of a size not
 * known from training, or where it does not beat it out of sample, the log-linear rule takes over.
 */
export const blend: PointMethod = {
  name: 'blend',
  rule: 'least relative error',
  needsEvents: false,
  fewestSamples: 3,
  train(samples, { seed }) {
    const logs = Float64Array.from(samples, ({ view }) => Math.log(view.size));
    const { line, leaveOneOut } = fitLine(
      logs,
      Float64Array.from(samples, ({ size }) => Math.log(size)),
    );
    const lineAnswers = leaveOneOut.map((answer, i) =>
      Math.log1p(Math.max(0, Math.exp(answer) - samples[i]!.view.size)),
    );
    const roots = usualRange(Float64Array.from(samples, ({ view }) => view.features[ROOT]!));
    const usual = { sizes: usualRange(logs), roots };
    const fit = { seed, line, lineAnswers, range: rangeOf(logs), usual };
    return samples.length < ENOUGH ? onlyLine(fit) : withMembers(samples, fit);
  },
  restore(json) {
    const { line, range, usual, share, members } = json as BlendJson;
    return modelOf({ line, range, usual, share, members: members ? membersFromJson(members) : undefined });
  },
  untrained: () => hawkesBranching.untrained(),
};

/** What training has shown often: ln n, and the feature `log root followers`. */
interface Usual {
  readonly sizes: KnownRange;
  readonly roots: KnownRange;
}

interface BlendState {
  readonly line: Line;
  /** ln n. */
  readonly range: KnownRange;
  /** Missing in the JSON of older versions. */
  readonly usual: Usual | undefined;
  /** The members' share within the known range, 0 … 1. */
  readonly share: number;
  readonly members: Members | undefined;
}

interface BlendJson extends Omit<BlendState, 'members'> {
  readonly members: MembersJson | null;
}

interface LineFit {
  readonly seed: number;
  readonly line: Line;
  readonly lineAnswers: Float64Array;
  readonly range: KnownRange;
  readonly usual: Usual;
}

function onlyLine({ line, lineAnswers, range, usual }: LineFit): TrainedPoint {
  const model = modelOf({ line, range, usual, share: 0, members: undefined });
  return { model, outOfSample: lineAnswers.map(Math.expm1) };
}

function withMembers(samples: readonly Sample[], fit: LineFit): TrainedPoint {
  const { seed, line, lineAnswers, range, usual } = fit;
  const targets = Float64Array.from(samples, ({ target }) => target);
  const rows = samples.map(({ view }) => view.features);
  const { members, outOfSample } = trainMembers(rows, targets, seed);
  const share = chooseShare(samples, outOfSample, lineAnswers);
  const answers = outOfSample.map((answer, i) => share * answer + (1 - share) * lineAnswers[i]!);
  return { model: modelOf({ line, range, usual, share, members }), outOfSample: answers.map(Math.expm1) };
}

function modelOf(state: BlendState): PointModel {
  const { line, range, usual, members } = state;
  const shareFor = (size: number) => (members ? state.share * familiarity(Math.log(size), range) : 0);
  const model: PointModel = {
    ahead: ({ size, features }) => {
      const ruled = lineAnswer(line, size);
      const share = shareFor(size);
      return Math.expm1(
        members && share > 0 ? share * predictMembers(members, features) + (1 - share) * ruled : ruled,
      );
    },
    knows: ({ size, features }) =>
      usual !== undefined && within(Math.log(size), usual.sizes) && within(features[ROOT]!, usual.roots),
    toJSON: () => ({ ...state, members: members ? membersToJson(members) : null }),
  };
  if (!members) return model;
  return {
    ...model,
    futures: ({ size, features }) => ({
      futures: similarFutures(members, features),
      share: FUTURES_SHARE * shareFor(size),
    }),
  };
}
