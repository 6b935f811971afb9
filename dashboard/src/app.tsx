import { AskDialog } from './views/ask-dialog.tsx';
import { Banners } from './views/banners.tsx';
import { useLive, usePage } from './views/context.tsx';
import { Empty, Skeleton } from './views/empty.tsx';
import { EventLog } from './views/event-log.tsx';
import { HostFacts } from './views/host-facts.tsx';
import { Masthead } from './views/masthead.tsx';
import { SystemBoard } from './views/system-board.tsx';
import { useTitle } from './views/title.tsx';

/** The whole page. */
export function App() {
  const { t } = usePage();
  useTitle();
  return (
    <>
      <a className="skip" href="#systems">
        {t('page.skip')}
      </a>
      <Masthead />
      <Banners />
      <div className="quay">
        <main id="systems" tabIndex={-1}>
          <Systems />
        </main>
        <aside aria-label={t('host.title')}>
          <HostFacts />
          <EventLog />
        </aside>
      </div>
      <AskDialog />
    </>
  );
}

function Systems() {
  const { overview } = useLive();
  if (overview === null) return <Skeleton />;
  if (overview.systems.length === 0) return <Empty />;
  return overview.systems.map((system) => (
    <SystemBoard key={JSON.stringify([system.environment, system.name])} system={system} />
  ));
}
