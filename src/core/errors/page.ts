import type { CatalogueEntry } from './catalogue.ts';
import { CATALOGUE } from './catalogue.ts';

/** The page `docs/errors.md`. */
export function errorsPage(): string {
  const entries = Object.entries<CatalogueEntry>(CATALOGUE);
  return `${INTRODUCTION}\n${entries.map(([code, entry]) => section(code, entry)).join('\n')}`;
}

const INTRODUCTION = `<!-- Generated from src/core/errors/catalogue.ts by scripts/generate.ts. Do not edit. -->
# Errors

Every error that Escale tells has a permanent code. With \`--json\` it is the field \`code\`.
`;

function section(code: string, { title, explanation, next, exitCode }: CatalogueEntry): string {
  return `## ${code}\n\n**${title}.** ${explanation}\n\nNext: ${next} (Exit code ${exitCode}.)\n`;
}
