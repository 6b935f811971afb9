interface Documented {
  paths: Record<string, Record<string, { summary: string; 'x-escale-access': string }>>;
}

/** The page `docs/reference/api.md`, from the API's document. */
export function apiPage(document: object): string {
  const { paths } = document as Documented;
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary, 'x-escale-access': who }]) =>
        `| \`${method.toUpperCase()} ${path}\` | ${summary} | ${who} |`,
    ),
  );
  return `${INTRODUCTION}\n${['| route | what it does | who may |', '|---|---|---|', ...rows].join('\n')}\n`;
}

const INTRODUCTION = `<!-- Generated from the routes in src/server/api by scripts/generate.ts. Do not edit. -->
# API

Over HTTP at Escale's own address, with \`Authorization: Bearer TOKEN\` (\`escale token create\`) or the session of the live
page. [openapi.json](openapi.json) says what each route takes; a running Escale serves it at \`/api/openapi.json\`. An
answer of several lines is one JSON object a line. Errors are \`{ "error": { "code", "message", "place", "next" } }\` with
[these codes](../errors.md). Who may do what: [access](../access.md).
`;
