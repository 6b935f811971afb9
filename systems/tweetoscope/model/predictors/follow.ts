import { usableMark } from '../cascade.ts';
import { PrefixObserver } from '../features/observer.ts';
import type { Forecast } from './forecast.ts';
import type { Follower } from './predictor.ts';
import { toSeconds, type View, viewOf } from './view.ts';

/** What following a cascade needs; `window` in the data's unit. */
export interface FollowOptions {
  readonly rootMark: number;
  readonly window: number;
  readonly secondsPerUnit: number;
  readonly needsEvents: boolean;
  readonly forecast: (view: View) => Forecast;
}

/** Follows a cascade: through its features in O(1) memory, or by keeping its events where the method needs them. */
export function follow(options: FollowOptions): Follower {
  return options.needsEvents ? keepingEvents(options) : keepingFeatures(options);
}

function keepingFeatures({ rootMark, window, secondsPerUnit, forecast }: FollowOptions): Follower {
  const observer = new PrefixObserver(toSeconds(window, secondsPerUnit), rootMark);
  return {
    add: (time, mark) => observer.add(toSeconds(time, secondsPerUnit), mark),
    forecast: () => forecast(featureView(observer)),
  };
}

function featureView(observer: PrefixObserver): View {
  return {
    size: observer.size,
    features: observer.features(),
    get prefix(): never {
      throw new Error('this method was declared to need no events');
    },
  };
}

function keepingEvents({ rootMark, window, secondsPerUnit, forecast }: FollowOptions): Follower {
  const times = [0];
  const marks = [usableMark(rootMark)];
  const until = toSeconds(window, secondsPerUnit);
  return {
    add(time, mark) {
      const seconds = toSeconds(time, secondsPerUnit);
      if (seconds > until) return false;
      if (!(seconds >= times.at(-1)!)) throw new RangeError(`time ${time} is before the last event's`);
      times.push(seconds);
      marks.push(usableMark(mark));
      return true;
    },
    forecast: () =>
      forecast(viewOf({ times: Float64Array.from(times), marks: Float64Array.from(marks), until })),
  };
}
