import { fileURLToPath } from 'node:url';
import packageFile from '../package.json' with { type: 'json' };
import { commandsPage, program } from '../src/cli/index.ts';
import { errorsPage } from '../src/core/errors/index.ts';
import { USUAL_SERVER } from '../src/core/kubernetes/index.ts';
import { referencePage, systemJsonSchema } from '../src/core/manifest/file/index.ts';
import { CI_SYSTEMS, renderServerFiles, USUAL_CHOICE } from '../src/core/render/index.ts';
import { renderCiOf, renderComposeOf, renderKubernetesOf } from '../src/delivery/index.ts';
import { apiDocument, apiPage } from '../src/server/api/index.ts';

/** The generated files: absolute path, and what must stand in them. */
export async function generatedFiles(): Promise<{ path: string; content: string }[]> {
  const api = apiDocument(packageFile.version);
  return [
    {
      path: at('src/core/manifest/escale.schema.json'),
      content: `${JSON.stringify(systemJsonSchema(), null, 2)}\n`,
    },
    { path: at('docs/reference/file.md'), content: referencePage() },
    { path: at('docs/reference/cli.md'), content: commandsPage(await program([])) },
    { path: at('docs/reference/openapi.json'), content: `${JSON.stringify(api, null, 2)}\n` },
    { path: at('docs/reference/api.md'), content: apiPage(api) },
    { path: at('docs/errors.md'), content: errorsPage() },
    ...(await Promise.all(['hello', 'tasks'].map(deployFiles))).flat(),
    ...serverFiles(),
  ];
}

/** What Escale renders of a shipped system, in `deploy/<system>`: a compose file and its Dockerfiles, a folder for each CI system, manifests for Kubernetes. */
async function deployFiles(system: string): Promise<{ path: string; content: string }[]> {
  const folder = at(`systems/${system}`);
  const images = await renderComposeOf(folder);
  const pipelines = await Promise.all(
    CI_SYSTEMS.map(async (ci) => {
      const { files } = await renderCiOf(ci, folder);
      const own = files.filter(({ path }) => !path.startsWith('deploy/'));
      return own.map((file) => ({ ...file, path: `deploy/${system}/${ci}/${file.path}` }));
    }),
  );
  const manifests = await renderKubernetesOf(folder, USUAL_KUBERNETES);
  return [...images.files, ...pipelines.flat(), ...manifests.files].map(({ path, text }) => ({
    path: at(path),
    content: text,
  }));
}

/** Escale itself in a cluster, as usual. */
function serverFiles(): { path: string; content: string }[] {
  return renderServerFiles(USUAL_SERVER, 'escale render server').map(({ path, text }) => ({
    path: at(path),
    content: text,
  }));
}

const USUAL_KUBERNETES = { environment: 'local', choice: USUAL_CHOICE, words: [] };

function at(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
