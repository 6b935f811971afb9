import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Checked, type Finding, skipped } from './finding.ts';
import { installed, nearestWith, parsed, run } from './tools.ts';

export interface Where {
  /** Of the checkout, absolute. */
  top: string;
  folder: string;
}

const BIOME_FILES = ['biome.json', 'biome.jsonc'];
const ESLINT_FILES = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((end) => `eslint.config.${end}`);

/** The project's own linter, where it has one installed. */
export function lintNode({ top, folder }: Where): Checked {
  const biome = installed('biome', folder, top);
  if (biome !== null && nearestWith(BIOME_FILES, folder, top) !== null)
    return byBiome(biome, { top, folder });
  const eslint = installed('eslint', folder, top);
  if (eslint !== null && nearestWith(ESLINT_FILES, folder, top) !== null)
    return byEslint(eslint, { top, folder });
  return skipped('lint', 'biome, eslint', 'the project has neither installed and configured');
}

interface GitlabIssue {
  description: string;
  check_name: string;
  severity: string;
  location: { path: string; lines: { begin: number } };
}

function byBiome(biome: string, { top, folder }: Where): Checked {
  const answer = run([biome, 'check', '--reporter=gitlab', '--max-diagnostics=500', '.'], folder);
  const issues = parsed<GitlabIssue[]>(answer.stdout.slice(answer.stdout.indexOf('[')));
  if (issues === null) return skipped('lint', 'biome', lastLine(answer.stderr) || 'it said nothing');
  const root = nearestWith(BIOME_FILES, folder, top)!;
  const findings = issues.map(({ description, check_name, severity, location }): Finding => {
    const full = existsSync(path.join(root, location.path))
      ? path.join(root, location.path)
      : path.join(folder, location.path);
    const isError = severity === 'critical' || severity === 'major' || severity === 'blocker';
    const at = { file: path.relative(top, full), line: location.lines.begin };
    return {
      check: 'lint',
      severity: isError ? 'error' : 'warning',
      ...at,
      rule: check_name,
      message: description,
    };
  });
  return { check: 'lint', by: 'biome', skipped: null, findings, figures: { lint: findings.length } };
}

interface EslintFile {
  filePath: string;
  messages: { ruleId: string | null; severity: number; message: string; line?: number }[];
}

function byEslint(eslint: string, { top, folder }: Where): Checked {
  const answer = run([eslint, '.', '--format', 'json'], folder);
  const files = parsed<EslintFile[]>(answer.stdout);
  if (files === null) return skipped('lint', 'eslint', lastLine(answer.stderr) || 'it said nothing');
  const findings = files.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, severity, message, line = 0 }): Finding => {
      const at = { file: path.relative(top, filePath), line, rule: ruleId ?? '' };
      return { check: 'lint', severity: severity === 2 ? 'error' : 'warning', ...at, message };
    }),
  );
  return { check: 'lint', by: 'eslint', skipped: null, findings, figures: { lint: findings.length } };
}

const TSC = /^(.+?)\((\d+),\d+\): (error|warning) (TS\d+): (.*)$/;

export function typesNode({ top, folder }: Where): Checked {
  const tsc = installed('tsc', folder, top);
  const project = nearestWith(['tsconfig.json'], folder, top);
  if (tsc === null || project === null)
    return skipped('types', 'tsc', 'the project has no typescript, or no tsconfig.json');
  const answer = run(
    [tsc, '--noEmit', '--pretty', 'false', '-p', path.join(project, 'tsconfig.json')],
    project,
  );
  const findings = answer.stdout.split('\n').flatMap((line): Finding[] => {
    const [, file, at, , rule, message] = TSC.exec(line) ?? [];
    if (file === undefined) return [];
    const place = { file: path.relative(top, path.resolve(project, file)), line: Number(at) };
    return [{ check: 'types', severity: 'error', ...place, rule: rule!, message: message! }];
  });
  if (answer.code !== 0 && findings.length === 0)
    return skipped('types', 'tsc', lastLine(answer.stdout + answer.stderr));
  return { check: 'types', by: 'tsc', skipped: null, findings, figures: { typeErrors: findings.length } };
}

interface Audit {
  vulnerabilities?: Record<
    string,
    { severity: string; via: (string | { title: string; url: string })[]; range: string }
  >;
  error?: { summary?: string };
  message?: string;
}

/** Known weaknesses of packages. A registry that does not answer that is no failure. */
export function auditNode({ top, folder }: Where): Checked {
  const root = nearestWith(['package-lock.json'], folder, top);
  if (root === null) return skipped('packages', 'npm audit', 'there is no package-lock.json');
  const answer = run(['npm', 'audit', '--json'], root);
  const audit = parsed<Audit>(answer.stdout);
  if (audit?.vulnerabilities === undefined)
    return skipped(
      'packages',
      'npm audit',
      `the registry did not say: ${audit?.message ?? audit?.error?.summary ?? lastLine(answer.stderr)}`,
    );
  const findings = Object.entries(audit.vulnerabilities).map(([name, { severity, via, range }]): Finding => {
    const titles = via.map((one) => (typeof one === 'string' ? one : `${one.title} (${one.url})`));
    const isError = severity === 'high' || severity === 'critical';
    const at = { file: path.relative(top, path.join(root, 'package-lock.json')), line: 0, rule: severity };
    return {
      check: 'packages',
      severity: isError ? 'error' : 'warning',
      ...at,
      message: `${name} ${range}: ${titles.join('; ')}`,
    };
  });
  return {
    check: 'packages',
    by: 'npm audit',
    skipped: null,
    findings,
    figures: { vulnerable: findings.length },
  };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
