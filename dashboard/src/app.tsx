import { AskDialog } from './views/ask-dialog.tsx';
import { Banners } from './views/banners.tsx';
import { useLive, usePage, useStore } from './views/context.tsx';
import { DatabaseView } from './views/database/database-view.tsx';
import { Empty, Skeleton } from './views/empty.tsx';
import { EventLog } from './views/event-log.tsx';
import { useFocusOnArrival } from './views/focus.ts';
import { HostFacts } from './views/host-facts.tsx';
import { Masthead } from './views/masthead.tsx';
import { SkipLink } from './views/skip-link.tsx';
import { SystemBoard } from './views/system-board.tsx';
import { useTitle } from './views/title.tsx';

/** The whole page: all systems, or one database. */
export function App() {
  const route = useStore(usePage().route);
  useTitle(route);
  useFocusOnArrival(route);
  return (
    <>
      <SkipLink word={route === null ? 'page.skip' : 'page.skipToTables'} />
      <Masthead />
      <Banners />
      <div className={route === null ? 'quay' : 'quay quay-wide'}>
        <main id="systems" tabIndex={-1}>
          {route === null ? (
            <Systems />
          ) : (
            <DatabaseView
              key={JSON.stringify([route.place.environment, route.place.system, route.resource])}
              route={route}
            />
          )}
        </main>
        {route === null && <Aside />}
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

function Aside() {
  const { t } = usePage();
  return (
    <aside aria-label={t('host.title')}>
      <HostFacts />
      <EventLog />
    </aside>
  );
}
