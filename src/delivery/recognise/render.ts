import type { Guess } from './guess.ts';

/** What a first file says. */
export interface FirstFile {
  name: string;
  services: (Guess & { name: string })[];
  /** Where the JSON Schema is, for editors; null: not known for sure. */
  schema: string | null;
}

/** Names that people give to the part that visitors see. */
const FRONTS = ['web', 'frontend', 'front', 'site', 'www', 'app', 'client', 'ui'];

/** A first `escale.yaml`, with comments. */
export function renderYaml({ name, services, schema }: FirstFile): string {
  const head = schema === null ? '' : `# yaml-language-server: $schema=${schema}\n`;
  const body = services.map(yamlService).join('\n');
  return `${head}# ${INTRODUCTION}\nname: ${name}\n\nservices:\n${body}${yamlRoutes(name, services)}`;
}

const INTRODUCTION = 'A system of Escale. `escale check` checks this file, `escale up` runs it here.';

function yamlService(guess: Guess & { name: string }): string {
  const lines = [
    `# ${oneLine(guess.what)}`,
    ...guess.notes.map((note) => `# ${oneLine(note)}`),
    `${guess.name}:`,
    `  source: ${yamlText(guess.source === '.' ? '.' : `./${guess.source}`)}`,
    ...(guess.command === null ? ['  static: true'] : [`  command: ${yamlCommand(guess.command)}`]),
    ...(guess.command === null ? [] : portLines(guess)),
    ...(guess.ready === null || !guess.port ? [] : ['  health:', `    ready: ${guess.ready}`]),
    ...envLines(guess.env),
    '  replicas: 1',
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function portLines({ port }: Guess): string[] {
  return port
    ? ['  # It listens on HOST:PORT from its environment. Take this out for a worker.', '  port: true']
    : ['  # A worker. If it listens on HOST:PORT from its environment, add: port: true'];
}

function envLines(env: Record<string, string>): string[] {
  const entries = Object.entries(env);
  return entries.length === 0
    ? []
    : ['  env:', ...entries.map(([key, value]) => `    ${key}: ${yamlText(value)}`)];
}

function yamlCommand(command: string | string[]): string {
  return Array.isArray(command)
    ? `[${command.map((word) => JSON.stringify(word)).join(', ')}]`
    : yamlText(command);
}

/** Plain where YAML reads it back as the same text, else in double quotes (JSON is YAML). */
function yamlText(text: string): string {
  const plain =
    /^[A-Za-z./][\w ./@=-]*$/.test(text) &&
    !/^(true|false|null|y|n|yes|no|on|off)$/i.test(text) &&
    !/^\.(inf|nan)$/i.test(text) &&
    text.trim() === text;
  return plain && !/^\.?\d/.test(text) ? text : JSON.stringify(text);
}

function yamlRoutes(name: string, services: FirstFile['services']): string {
  const routes = routesOf(name, services);
  if (routes.length === 0) return '';
  const lines = routes.map(([host, service]) => `  ${host}: ${service}\n`).join('');
  const more =
    routes.length > 1
      ? `  # The same host works, too; the prefix is cut off: ${name}.localhost/${routes[1]![1]}: ${routes[1]![1]}\n`
      : '';
  return `\nroutes:\n${lines}${more}`;
}

/** The system's own host for the part that visitors see, one below it for each other part. */
export function routesOf(name: string, services: FirstFile['services']): [string, string][] {
  const callable = services.filter((guess) => guess.port);
  const front =
    callable.find((guess) => FRONTS.includes(guess.name)) ??
    callable.find((guess) => guess.command === null) ??
    callable[0];
  if (front === undefined) return [];
  const others = callable.filter((guess) => guess !== front);
  return [
    [`${name}.localhost`, front.name],
    ...others.map((guess): [string, string] => [`${guess.name}.${name}.localhost`, guess.name]),
  ];
}

/** A first `escale.config.ts`. */
export function renderScript({ name, services }: FirstFile): string {
  const body = services.map(scriptService).join('');
  const routes = routesOf(name, services)
    .map(([host, service]) => `    ${JSON.stringify(host)}: ${JSON.stringify(service)},\n`)
    .join('');
  const routesText = routes === '' ? '' : `  routes: {\n${routes}  },\n`;
  return `import { defineSystem } from 'escale';\n\n// ${INTRODUCTION}\nexport default defineSystem({\n  name: ${JSON.stringify(name)},\n  services: {\n${body}  },\n${routesText}});\n`;
}

function scriptService(guess: Guess & { name: string }): string {
  const fields = {
    source: guess.source === '.' ? '.' : `./${guess.source}`,
    ...(guess.command === null
      ? { static: true }
      : { command: guess.command, ...(guess.port && { port: true }) }),
    ...(guess.ready !== null && guess.port && { health: { ready: guess.ready } }),
    ...(Object.keys(guess.env).length > 0 && { env: guess.env }),
    replicas: 1,
  };
  const comments = [guess.what, ...guess.notes].map((note) => `    // ${oneLine(note)}\n`).join('');
  const lines = Object.entries(fields)
    .map(([key, value]) => `      ${key}: ${JSON.stringify(value)},\n`)
    .join('');
  return `${comments}    ${JSON.stringify(guess.name)}: {\n${lines}    },\n`;
}

/** Text of others inside a comment must not end it. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
