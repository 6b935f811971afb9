import path from 'node:path';
import { type Checked, type Finding, skipped } from './finding.ts';
import type { Where } from './node.ts';
import { isOnPath, parsed, run } from './tools.ts';

/** Of what is installed: ruff or flake8, mypy, pip-audit. */
export function checkPython(where: Where): Checked[] {
  return [lint(where), types(where), audit(where)];
}

const LINE = /^(.+?):(\d+)(?::\d+)?: (?:(error|warning|note): )?(.*)$/;

function lint(where: Where): Checked {
  if (isOnPath('ruff'))
    return byLines(
      'lint',
      { by: 'ruff', words: ['ruff', 'check', '--output-format', 'concise', '.'] },
      where,
    );
  if (isOnPath('flake8')) return byLines('lint', { by: 'flake8', words: ['flake8', '.'] }, where);
  return skipped('lint', 'ruff, flake8', 'neither is installed');
}

function types(where: Where): Checked {
  if (!isOnPath('mypy')) return skipped('types', 'mypy', 'it is not installed');
  return byLines('types', { by: 'mypy', words: ['mypy', '.'] }, where);
}

function byLines(
  check: 'lint' | 'types',
  { by, words }: { by: string; words: string[] },
  { top, folder }: Where,
): Checked {
  const findings = run(words, folder)
    .stdout.split('\n')
    .flatMap((line): Finding[] => {
      const [, file, at, kind, text] = LINE.exec(line) ?? [];
      if (file === undefined || kind === 'note') return [];
      const [, rule = '', message = text!] = /^([A-Z]+\d+) (.*)$/.exec(text!) ?? [];
      const place = { file: path.relative(top, path.resolve(folder, file)), line: Number(at) };
      return [{ check, severity: check === 'types' ? 'error' : 'warning', ...place, rule, message }];
    });
  const name = check === 'types' ? 'typeErrors' : 'lint';
  return { check, by, skipped: null, findings, figures: { [name]: findings.length } };
}

interface PipAudit {
  dependencies?: { name: string; version: string; vulns: { id: string; fix_versions: string[] }[] }[];
}

function audit({ folder }: Where): Checked {
  if (!isOnPath('pip-audit')) return skipped('packages', 'pip-audit', 'it is not installed');
  const answer = parsed<PipAudit>(
    run(['pip-audit', '--format', 'json', '-r', 'requirements.txt'], folder).stdout,
  );
  if (answer?.dependencies === undefined) return skipped('packages', 'pip-audit', 'it could not ask');
  const findings = answer.dependencies.flatMap(({ name, version, vulns }) =>
    vulns.map(({ id, fix_versions }): Finding => {
      const message = `${name} ${version}: ${id}, mended in ${fix_versions.join(', ') || 'no version'}`;
      return { check: 'packages', severity: 'error', file: '', line: 0, rule: id, message };
    }),
  );
  return {
    check: 'packages',
    by: 'pip-audit',
    skipped: null,
    findings,
    figures: { vulnerable: findings.length },
  };
}
