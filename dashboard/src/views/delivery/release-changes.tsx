import { type ReactNode, useId } from 'react';
import type { ReleaseChangesView } from '../../api/types.ts';
import { inert } from '../../words/inert.ts';
import type { Word } from '../../words/translate.ts';
import { type Page, usePage } from '../context.tsx';
import { type Column, Table } from '../table.tsx';
import { Name, Names } from '../text.tsx';
import { Ago } from '../time.tsx';

type Commit = ReleaseChangesView['commits'][number];
type File = ReleaseChangesView['files'][number];
type Setting = ReleaseChangesView['settings'][number];

/** More rows than this scroll by themselves. */
const LONG = 12;

/** What is new in a release: its programs, settings, commits and files. */
export function ReleaseChanges({ changes }: { changes: ReleaseChangesView }) {
  const page = usePage();
  const { t } = page;
  const { programs, settings, commits, files } = changes;
  const isNew = programs.length + settings.length + commits.length + files.length > 0;
  if (!isNew) return <p className="none">{t('release.nothing')}</p>;
  return (
    <div className="release-changes">
      <Part title={t('release.programs')} count={programs.length}>
        <p>
          <Names>{programs}</Names>
        </p>
      </Part>
      <Part title={t('release.settings')} count={settings.length}>
        <Table
          caption={t('release.settings')}
          columns={settingColumns(page)}
          rows={settings}
          keyOf={({ path }) => path}
        />
      </Part>
      <Part title={t('release.commits')} count={commits.length}>
        <Table
          caption={t('release.commits')}
          columns={commitColumns(page)}
          rows={commits}
          keyOf={({ id }) => id}
        />
      </Part>
      <Part title={t('release.files')} count={files.length}>
        <Table
          caption={t('release.files')}
          columns={fileColumns(page)}
          rows={files}
          keyOf={({ path }) => path}
        />
      </Part>
    </div>
  );
}

function Part({ title, count, children }: { title: string; count: number; children: ReactNode }) {
  const id = useId();
  if (count === 0) return null;
  return (
    <section className="release-part" aria-labelledby={id}>
      <h3 id={id}>
        {title} <span className="count">{count}</span>
      </h3>
      <div className={count > LONG ? 'long' : undefined}>{children}</div>
    </section>
  );
}

function commitColumns({ t }: Page): Column<Commit>[] {
  return [
    {
      key: 'subject',
      title: t('commit.subject'),
      heads: true,
      cell: ({ subject }) => <Name>{subject}</Name>,
    },
    {
      key: 'id',
      title: t('commit.id'),
      cell: ({ id }) => (
        <code title={inert(id)}>
          <Name>{id.slice(0, 8)}</Name>
        </code>
      ),
    },
    { key: 'author', title: t('commit.author'), cell: ({ author }) => <Name>{author}</Name> },
    { key: 'at', title: t('commit.at'), cell: ({ at }) => <Ago at={at} /> },
  ];
}

const CHANGES: Record<string, Word> = {
  A: 'file.added',
  M: 'file.changed',
  D: 'file.removed',
  T: 'file.otherKind',
};

function fileColumns({ t }: Page): Column<File>[] {
  return [
    {
      key: 'path',
      title: t('file.path'),
      heads: true,
      cell: ({ path }) => (
        <code>
          <Name>{path}</Name>
        </code>
      ),
    },
    {
      key: 'change',
      title: t('file.change'),
      cell: ({ change }) => <span className={`file-${change}`}>{t(CHANGES[change] ?? 'file.changed')}</span>,
    },
  ];
}

function settingColumns({ t }: Page): Column<Setting>[] {
  const shown = (value: string | null) =>
    value === null ? (
      <span className="quiet-text">{t('setting.none')}</span>
    ) : (
      <code>
        <Name>{value}</Name>
      </code>
    );
  return [
    {
      key: 'path',
      title: t('setting.path'),
      heads: true,
      cell: ({ path }) => (
        <code>
          <Name>{path}</Name>
        </code>
      ),
    },
    { key: 'before', title: t('setting.before'), cell: ({ before }) => shown(before) },
    { key: 'after', title: t('setting.after'), cell: ({ after }) => shown(after) },
  ];
}
