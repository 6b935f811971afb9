import { Fragment } from 'react';
import { askTables } from '../../api/ask.ts';
import { type DatabaseRoute, hashOf } from '../../state/database-route.ts';
import { inert } from '../../words/inert.ts';
import { usePage } from '../context.tsx';
import { VIEW_TITLE } from '../focus.ts';
import { Name } from '../text.tsx';
import { useAnswer } from '../use-answer.ts';
import { SystemLink, WayHere } from '../way-here.tsx';
import { TableList } from './table-list.tsx';
import { TableView } from './table-view.tsx';

/** A look into a database: its tables, or the rows of one. Nothing can be changed from here. */
export function DatabaseView({ route }: { route: DatabaseRoute }) {
  const { t } = usePage();
  const { resource, table } = route;
  const tables = useAnswer('tables', (signal) => askTables(route, signal));
  const info = tables.value?.find(({ schema, name }) => schema === table?.schema && name === table.name);
  return (
    <section className="board database" aria-labelledby={VIEW_TITLE}>
      <header className="board-head">
        <Way route={route} />
        <h2 id={VIEW_TITLE} tabIndex={-1}>
          {table === null ? t('database.title', { resource: inert(resource) }) : <Name>{table.name}</Name>}
        </h2>
        <span className="tag" title={t('database.readOnlyHelp')}>
          {t('database.readOnly')}
          <span className="unseen">. {t('database.readOnlyHelp')}</span>
        </span>
      </header>
      {table === null ? (
        <TableList route={route} tables={tables} />
      ) : (
        <TableView
          key={JSON.stringify([table.schema, table.name])}
          route={{ ...route, table }}
          info={info}
          againTables={tables.again}
        />
      )}
    </section>
  );
}

function Way({ route }: { route: DatabaseRoute }) {
  const { place, resource, table } = route;
  const database = <Name>{resource}</Name>;
  const steps = [
    <Fragment key="place">
      <SystemLink system={place.system} />{' '}
      <span className="tag">
        <Name>{place.environment}</Name>
      </span>
    </Fragment>,
    <Fragment key="database">
      {table === null ? database : <a href={hashOf({ ...route, table: null })}>{database}</a>}
    </Fragment>,
  ];
  if (table !== null) steps.push(<Name key="schema">{table.schema}</Name>);
  return <WayHere then={steps} />;
}
