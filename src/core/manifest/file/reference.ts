import { DURATION } from '../duration.ts';
import { SIZE } from '../size.ts';
import type { JsonSchema } from './json-schema.ts';
import { systemJsonSchema } from './json-schema.ts';

/** One key of the file, as the reference shows it. */
interface Row {
  key: string;
  type: string;
  standard: string;
  meaning: string;
}

/** The page `docs/reference/file.md`. */
export function referencePage(): string {
  const schema = systemJsonSchema();
  const sections = Object.entries(schema.properties ?? {}).filter(([key]) => key !== '$schema');
  const top = sections.filter(([, node]) => rowsBelow('', node).length === 0);
  const head = top.map(([key, node]) => rowOf(key, node, schema.required?.includes(key) ?? false));
  const rest = sections.filter(([, node]) => rowsBelow('', node).length > 0);
  const pages = rest.map(
    ([key, node]) => `## \`${key}\`\n\n${node.description}\n\n${table(rowsBelow(key, node))}`,
  );
  return `${INTRODUCTION}\n## The top\n\n${table(head)}\n${pages.join('\n')}`;
}

const INTRODUCTION = `<!-- Generated from src/core/manifest/file/schema.ts by scripts/generate.ts. Do not edit. -->
# The file

\`escale.yaml\`, or \`escale.config.ts\` with \`export default defineSystem({ … })\`: one model in two forms.
\`escale check\` tells every mistake at once. Times are written like \`500ms\`, \`20s\`, \`5m\`, \`1h\`; sizes like
\`512MB\` or \`1GiB\`. A key that is not listed here is refused. \`\${secret.NAME}\`, alone or inside a text, stands for a
[secret](../secrets.md): in \`env\` and \`external\`, nowhere else.

\`\`\`yaml
name: tasks
services:
  web:
    source: ./web
    command: node server.ts
    port: true
    replicas: 2
    uses: [api]
  api:
    source: ./api
    command: node server.ts
    port: true
    uses: [db]
    health:
      ready: /readyz
jobs:
  migrate:
    source: ./api
    command: node migrate.ts
    before: deploy
    uses: [db]
  tidy:
    source: ./api
    command: node tidy.ts
    schedule: '30 3 * * *'
    timeZone: Europe/Paris
    uses: [db]
resources:
  db:
    type: postgres
routes:
  tasks.localhost: web
  tasks.localhost/api: api
environments:
  production:
    services:
      web:
        replicas: 4
    routes:
      tasks.localhost: tasks.example.org
\`\`\`
`;

/** What an environment may change has the keys of the service, which are explained there. */
const ADJUSTMENTS = 'environments.*.services.*';

function rowsBelow(prefix: string, node: JsonSchema): Row[] {
  return formsOf(node).flatMap((form) => {
    const rows = Object.entries(form.properties ?? {}).flatMap(([key, child]) => {
      const path = `${prefix}.${key}`;
      if (prefix === ADJUSTMENTS) return [{ ...rowOf(path, child, false), standard: 'as the service' }];
      return [rowOf(path, child, form.required?.includes(key) ?? false), ...rowsBelow(path, child)];
    });
    const values = form.additionalProperties ? rowsBelow(`${prefix}.*`, form.additionalProperties) : [];
    return [...rows, ...values];
  });
}

function formsOf(node: JsonSchema): JsonSchema[] {
  return node.anyOf ?? [node];
}

function rowOf(key: string, node: JsonSchema, required: boolean): Row {
  const standard =
    node.default === undefined ? '' : `\`${JSON.stringify(node.default).replaceAll('"', '')}\``;
  const type = formsOf(node).map(typeText).join(' or ');
  return { key, type, standard: required ? 'required' : standard, meaning: node.description ?? '' };
}

function typeText(node: JsonSchema): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.pattern === DURATION.source) return 'time';
  if (node.pattern === SIZE.source) return 'size';
  if (node.items) return `list of ${formsOf(node.items).map(typeText).join(' or ')}s`;
  if (node.properties) return 'map';
  if (node.additionalProperties) return mapText(node.additionalProperties);
  if (node.type === 'integer') return `whole number ${node.minimum}–${node.maximum}`;
  return { string: 'text', boolean: 'true or false', number: 'number' }[node.type ?? ''] ?? 'value';
}

function mapText(values: JsonSchema): string {
  return values.properties ? 'map' : `map of ${formsOf(values).map(typeText).join(', ')}`;
}

function table(rows: Row[]): string {
  const cells = (row: Row) =>
    `| \`${row.key}\` | ${row.type} | ${row.standard} | ${row.meaning.replaceAll('|', '\\|')} |`;
  return `| key | type | default | meaning |\n|---|---|---|---|\n${rows.map(cells).join('\n')}\n`;
}
