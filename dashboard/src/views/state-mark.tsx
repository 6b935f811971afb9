import type { InstanceView } from '../api/types.ts';
import type { Word } from '../words/translate.ts';

/** An instance's state as it is shown: `ready` without a probe is another thing than `ready` with one. */
export type Shown = InstanceView['state'] | 'readyTcp' | 'missing';

export function shownState(instance: InstanceView, probed: boolean): Exclude<Shown, 'missing'> {
  return instance.state === 'ready' && !probed ? 'readyTcp' : instance.state;
}

export function stateWord(shown: Exclude<Shown, 'missing'>): Word {
  return `state.${shown}`;
}

/** The shape of a state, so that colour is never alone: read it with its word beside it. */
export function StateMark({ shown }: { shown: Shown }) {
  return (
    <svg className={`mark mark-${shown}`} viewBox="0 0 14 14" aria-hidden="true" focusable="false">
      {SHAPES[shown]}
    </svg>
  );
}

const SHAPES: Record<Shown, React.ReactNode> = {
  ready: <circle className="solid" cx="7" cy="7" r="5" />,
  readyTcp: (
    <>
      <circle className="open" cx="7" cy="7" r="4.5" />
      <circle className="solid" cx="7" cy="7" r="2" />
    </>
  ),
  starting: (
    <>
      <circle className="open" cx="7" cy="7" r="4.5" />
      <path className="solid" d="M7 2.5a4.5 4.5 0 0 1 0 9z" />
    </>
  ),
  pending: <circle className="open dashed" cx="7" cy="7" r="4.5" />,
  unready: <path className="solid" d="M7 1.5 13 12.5H1z" />,
  draining: <path className="solid" d="M1 3h12L7 12.5z" />,
  stopping: <rect className="open" x="2.5" y="2.5" width="9" height="9" />,
  missing: <path className="open dashed" d="M2 11.5h10" />,
};
