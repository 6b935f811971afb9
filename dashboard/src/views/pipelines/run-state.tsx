import type { PipelineSummary, StepView } from '../../api/types.ts';
import { duration } from '../../words/format.ts';
import { Badge, type Tone } from '../badge.tsx';
import { usePage } from '../context.tsx';
import { Name } from '../text.tsx';
import { Since } from '../time.tsx';

const TONES: Record<StepView['state'], Tone> = {
  waiting: 'plain',
  running: 'note',
  succeeded: 'go',
  cached: 'go',
  failed: 'stop',
  skipped: 'plain',
  cancelled: 'plain',
};

/** How a run or a step of it stands, or ended. */
export function RunState({ state }: { state: StepView['state'] }) {
  const { t } = usePage();
  return <Badge tone={TONES[state]}>{t(`pipeline.state.${state}`)}</Badge>;
}

/** How long a run took, or goes on so far. */
export function RunTime({ run: { startedAt, endedAt } }: { run: PipelineSummary }) {
  const { t, locale } = usePage();
  if (startedAt === null) return t('pipeline.notBegun');
  return endedAt === null ? <Since at={startedAt} /> : duration(endedAt - startedAt, locale);
}

/** What it was run on. */
export function RunSource({ run: { commit, branch } }: { run: PipelineSummary }) {
  const { t } = usePage();
  return (
    <>
      {commit === null ? (
        t('pipeline.folder')
      ) : (
        <code>
          <Name>{commit.slice(0, 8)}</Name>
        </code>
      )}
      {branch !== null && (
        <>
          {' · '}
          <Name>{branch}</Name>
        </>
      )}
    </>
  );
}
