import { inert } from '../../words/inert.ts';
import { usePage } from '../context.tsx';
import { VIEW_TITLE } from '../focus.ts';
import { Problem } from '../problem.tsx';
import { WayHere } from '../way-here.tsx';
import { RunTable } from './run-table.tsx';
import { useRuns } from './use-runs.ts';

const SHOWN = 50;

/** The last pipeline runs of a system, or of all of them. */
export function PipelinesView({ system }: { system: string | null }) {
  const { t } = usePage();
  const { value, problem } = useRuns(system, SHOWN);
  const title = system === null ? t('pipelines.all') : t('pipelines.of', { system: inert(system) });
  return (
    <section className="board" aria-labelledby={VIEW_TITLE}>
      <header className="board-head">
        <WayHere system={system} />
        <h2 id={VIEW_TITLE} tabIndex={-1}>
          {title}
        </h2>
      </header>
      <div className="board-in" aria-busy={value === null}>
        {problem !== null && <Problem problem={problem} cutOff={t('database.cutOff')} />}
        {value === null && problem === null && <p className="none">{t('database.loading')}</p>}
        {value?.length === 0 && <NoRuns />}
        {value !== null && value.length > 0 && (
          <RunTable caption={title} runs={value} ofMany={system === null} />
        )}
      </div>
    </section>
  );
}

/** Nothing was pushed yet: how to. */
export function NoRuns() {
  const { t } = usePage();
  return (
    <p className="none">
      {t('pipelines.none')} <code>{`git push ${location.origin}/git/NAME main`}</code>
    </p>
  );
}
