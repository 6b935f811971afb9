import { type SubmitEvent, useState } from 'react';
import type { TableRoute } from '../../state/database-route.ts';
import { inert } from '../../words/inert.ts';
import { usePage } from '../context.tsx';

interface FilterFormProps {
  filter: TableRoute['filter'];
  columns: string[];
  apply: (filter: TableRoute['filter']) => void;
}

/** Only rows where a column contains a text. */
export function FilterForm({ filter, columns, apply }: FilterFormProps) {
  const { t } = usePage();
  const [chosen, choose] = useState(filter?.column ?? null);
  const [contains, setContains] = useState(filter?.contains ?? '');
  const column = chosen ?? columns[0] ?? '';
  const names = columns.includes(column) || column === '' ? columns : [column, ...columns];
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    apply(contains === '' || column === '' ? null : { column, contains });
  };
  return (
    <form className="row-filter" onSubmit={submit} aria-label={t('rows.filter')}>
      <label>
        <span className="unseen">{t('rows.column')}</span>
        <select value={column} onChange={(event) => choose(event.target.value)}>
          {names.map((name) => (
            <option key={name} value={name}>
              {inert(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t('rows.contains')}</span>{' '}
        <input
          type="text"
          maxLength={1000}
          value={contains}
          onChange={(event) => setContains(event.target.value)}
        />
      </label>
      <button type="submit">{t('rows.apply')}</button>
      {filter !== null && (
        <button type="button" className="quiet" onClick={() => apply(null)}>
          {t('rows.clear')}
        </button>
      )}
    </form>
  );
}
