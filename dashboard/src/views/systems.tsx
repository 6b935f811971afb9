import { useId } from 'react';
import { type SystemRows, systemsOf } from '../state/environments.ts';
import { hashOf } from '../state/route.ts';
import { ChangeList } from './change-list.tsx';
import { useLive } from './context.tsx';
import { EnvironmentTable } from './delivery/environment-table.tsx';
import { Empty, Skeleton } from './empty.tsx';
import { SystemBoard } from './system-board.tsx';
import { Name } from './text.tsx';

/** All systems: the board of each, or its environments side by side where there are several. */
export function Systems() {
  const { overview } = useLive();
  if (overview === null) return <Skeleton />;
  const systems = systemsOf(overview);
  if (systems.length === 0) return <Empty />;
  return (
    <>
      {systems.map((system) => {
        const [only, ...others] = system.rows;
        return others.length === 0 && only?.view != null ? (
          <SystemBoard key={system.name} system={only.view} titled="system" />
        ) : (
          <SideBySide key={system.name} system={system} />
        );
      })}
    </>
  );
}

function SideBySide({ system: { name, rows } }: { system: SystemRows }) {
  const id = useId();
  return (
    <section className="board" aria-labelledby={id}>
      <header className="board-head">
        <h2 id={id}>
          <a href={hashOf({ view: 'system', system: name })}>
            <Name>{name}</Name>
          </a>
        </h2>
      </header>
      <ChangeList of={{ system: name }} />
      <EnvironmentTable system={name} rows={rows} />
    </section>
  );
}
