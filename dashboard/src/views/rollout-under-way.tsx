import { useId } from 'react';
import type { RolloutView } from '../api/types.ts';
import { usePage } from './context.tsx';
import { wayOf } from './rollouts.tsx';
import { Since } from './time.tsx';

/** The rollout that runs now, on a graduated scale: one part for each step. */
export function RolloutUnderWay({ rollout }: { rollout: RolloutView }) {
  const { t } = usePage();
  const id = useId();
  const { kind, done, of, startedAt } = rollout;
  const step = Math.min(of, done + 1);
  return (
    <div className="under-way">
      <p id={id}>
        <strong>{t(`rollouts.${kind}`)}</strong> {wayOf(rollout, t)}
        {' · '}
        {t('rollouts.progress', { done: step, of })}
        {' · '}
        <Since at={startedAt} />
      </p>
      <progress
        className="scale-bar"
        max={Math.max(1, of)}
        value={done}
        aria-labelledby={id}
        style={{ '--parts': Math.max(1, of) } as React.CSSProperties}
      />
    </div>
  );
}
