/**
 * The standard checks of quality: they run fenced in the checkout, as a program that stands alone. Arguments: top of the
 * checkout, folder of the system, file for what was found, acorn.
 */
import { writeFileSync } from 'node:fs';
import type * as Acorn from 'acorn';
import { checkComplexity } from './complexity.ts';
import { checkDuplication } from './duplication.ts';
import type { Checked } from './finding.ts';
import { auditNode, lintNode, typesNode } from './node.ts';
import { checkPython } from './python.ts';
import { type Source, sourcesIn } from './sources.ts';

const [top, folder, output, acornFile] = process.argv.slice(2) as [string, string, string, string];
const acorn = (await import(acornFile)) as typeof Acorn;
const sources = sourcesIn(top, folder);
const checked: Checked[] = [];
const where = { top, folder };

note(checkDuplication(sources, acorn));
if (has('javascript') || has('typescript')) {
  note(checkComplexity(sources, acorn));
  note(lintNode(where));
  note(typesNode(where));
  note(auditNode(where));
}
if (has('python')) for (const one of checkPython(where)) note(one);
writeFileSync(output, JSON.stringify(checked));

function has(language: Source['language']): boolean {
  return sources.some((source) => source.language === language);
}

function note(one: Checked): void {
  checked.push(one);
  const what = one.skipped === null ? `${one.findings.length} found` : `left out: ${one.skipped}`;
  console.log(`${one.check} (${one.by}): ${what}`);
}
