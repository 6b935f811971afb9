import { fileURLToPath } from 'node:url';
import { commandsPage, program } from '../src/cli/index.ts';
import { errorsPage } from '../src/core/errors/index.ts';
import { referencePage, systemJsonSchema } from '../src/core/manifest/file/index.ts';

/** The generated files: absolute path, and what must stand in them. */
export async function generatedFiles(): Promise<{ path: string; content: string }[]> {
  return [
    {
      path: at('src/core/manifest/escale.schema.json'),
      content: `${JSON.stringify(systemJsonSchema(), null, 2)}\n`,
    },
    { path: at('docs/reference/file.md'), content: referencePage() },
    { path: at('docs/reference/cli.md'), content: commandsPage(await program([])) },
    { path: at('docs/errors.md'), content: errorsPage() },
  ];
}

function at(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
