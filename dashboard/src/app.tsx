import type { ReactNode } from 'react';
import type { Route } from './state/route.ts';
import { AskDialog } from './views/ask-dialog.tsx';
import { Banners } from './views/banners.tsx';
import { usePage, useStore } from './views/context.tsx';
import { DatabaseView } from './views/database/database-view.tsx';
import { ApprovalsView } from './views/delivery/approvals-view.tsx';
import { AuditView } from './views/delivery/audit-view.tsx';
import { ReleaseView } from './views/delivery/release-view.tsx';
import { EventLog } from './views/event-log.tsx';
import { useFocusOnArrival } from './views/focus.ts';
import { HostFacts } from './views/host-facts.tsx';
import { Masthead } from './views/masthead.tsx';
import { PipelinesView } from './views/pipelines/pipelines-view.tsx';
import { RunView } from './views/pipelines/run-view.tsx';
import { SkipLink } from './views/skip-link.tsx';
import { SystemView } from './views/system-view.tsx';
import { Systems } from './views/systems.tsx';
import { useTitle } from './views/title.tsx';

/** The whole page: all systems, or one thing of them. */
export function App() {
  const route = useStore(usePage().route);
  useTitle(route);
  useFocusOnArrival(route);
  const isOverview = route.view === 'systems';
  return (
    <>
      <SkipLink word={skipWord(route)} />
      <Masthead route={route} />
      <Banners />
      <div className={isOverview ? 'quay' : 'quay quay-wide'}>
        <main id="systems" tabIndex={-1}>
          {viewOf(route)}
        </main>
        {isOverview && <Aside />}
      </div>
      <AskDialog />
    </>
  );
}

function skipWord({ view }: Route) {
  if (view === 'systems') return 'page.skip';
  return view === 'database' ? 'page.skipToTables' : 'page.skipToMain';
}

function viewOf(route: Route): ReactNode {
  switch (route.view) {
    case 'systems':
      return <Systems />;
    case 'system':
      return <SystemView key={route.system} name={route.system} />;
    case 'release': {
      const { system, release, since } = route;
      return <ReleaseView key={JSON.stringify([system, release])} {...{ system, release, since }} />;
    }
    case 'pipelines':
      return <PipelinesView key={route.system} system={route.system} />;
    case 'run':
      return <RunView key={route.run} run={route.run} step={route.step} />;
    case 'approvals':
      return <ApprovalsView />;
    case 'audit':
      return <AuditView route={route} />;
    case 'database': {
      const { place, resource } = route.database;
      const key = JSON.stringify([place.environment, place.system, resource]);
      return <DatabaseView key={key} route={route.database} />;
    }
  }
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
