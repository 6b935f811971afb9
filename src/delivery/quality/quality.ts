import type { Check, Checked, Finding } from './check/finding.ts';

/** What the standard checks found: bounded, since whatever they ran beside may have changed what they wrote. */
export type Quality = Checked[];

const CHECKS: Check[] = ['lint', 'types', 'duplication', 'complexity', 'packages'];
const MOST_CHECKS = 20;
const MOST_FINDINGS = 1000;
const LONGEST = 1000;

/** Null: it is not what the checks write. */
export function readQuality(text: string): Quality | null {
  try {
    const list = JSON.parse(text) as unknown;
    return Array.isArray(list) ? list.slice(0, MOST_CHECKS).flatMap(checkedOf) : null;
  } catch {
    return null;
  }
}

function checkedOf(value: unknown): Checked[] {
  const { check, by, skipped, findings, figures } = mapOf(value);
  if (!CHECKS.includes(check as Check)) return [];
  const list = Array.isArray(findings) ? findings.slice(0, MOST_FINDINGS) : [];
  return [
    {
      check: check as Check,
      by: textOf(by),
      skipped: skipped === null || skipped === undefined ? null : textOf(skipped),
      findings: list.map((one) => findingOf(one, check as Check)),
      figures: figuresOf(figures),
    },
  ];
}

function findingOf(value: unknown, check: Check): Finding {
  const { severity, file, line, rule, message } = mapOf(value);
  return {
    check,
    severity: severity === 'error' || severity === 'info' ? severity : 'warning',
    file: textOf(file),
    line: Number.isSafeInteger(line) && (line as number) > 0 ? (line as number) : 0,
    rule: textOf(rule),
    message: textOf(message),
  };
}

function figuresOf(value: unknown): Record<string, number> {
  const entries = Object.entries(mapOf(value)).filter(
    ([name, figure]) => /^\w{1,40}$/.test(name) && Number.isFinite(figure),
  );
  return Object.fromEntries(entries.slice(0, 20)) as Record<string, number>;
}

function mapOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST) : '';
}
