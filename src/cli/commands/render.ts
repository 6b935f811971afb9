import { Command } from 'commander';
import type { Rendered } from '../../delivery/index.ts';
import {
  type KubernetesFlags,
  kubernetesRequest,
  withKubernetesOptions,
  withRightsOptions,
} from '../kubernetes-choice.ts';
import { handOver, type RenderOptions, withRenderOptions } from '../rendered.ts';

/** `escale render`: files for other tools, from a system's file. Needs no server. */
export function renderCommand(): Command {
  return new Command('render')
    .description('Write files for other tools from the file of a system')
    .addCommand(dockerfileCommand())
    .addCommand(composeCommand())
    .addCommand(kubernetesCommand())
    .addCommand(rbacCommand());
}

function dockerfileCommand(): Command {
  const what = 'Write a Dockerfile for each program; programs of one folder share one';
  return renderer('dockerfile', what, async (folder) => {
    const { renderDockerfilesOf } = await import('../../delivery/index.ts');
    return renderDockerfilesOf(folder);
  });
}

function composeCommand(): Command {
  const what = 'Write a compose file with everything of a system, and the Dockerfiles that it builds';
  return renderer('compose', what, async (folder) => {
    const { renderComposeOf } = await import('../../delivery/index.ts');
    return renderComposeOf(folder);
  });
}

function kubernetesCommand(): Command {
  const what = 'Write plain Kubernetes manifests of everything of a system, with a kustomization.yaml';
  return withKubernetesOptions(withFolder('kubernetes', what)).action(
    async (folder: string, options: RenderOptions & KubernetesFlags) => {
      const request = kubernetesRequest(options);
      const { renderKubernetesOf } = await import('../../delivery/index.ts');
      await handOver(await renderKubernetesOf(folder, request), options);
    },
  );
}

function rbacCommand(): Command {
  const what =
    'Write the rights that Escale’s engine needs in the namespace of a system: no more than it uses';
  return withRightsOptions(withFolder('rbac', what), 'escale-gateway').action(
    async (folder: string, options: RenderOptions & KubernetesFlags) => {
      const request = kubernetesRequest(options, 'escale-gateway');
      const { renderRbacOf } = await import('../../delivery/index.ts');
      await handOver(await renderRbacOf(folder, request), options);
    },
  );
}

function renderer(name: string, what: string, render: (folder: string) => Promise<Rendered>): Command {
  return withFolder(name, what).action(async (folder: string, options: RenderOptions) =>
    handOver(await render(folder), options),
  );
}

function withFolder(name: string, what: string): Command {
  const command = new Command(name)
    .description(what)
    .argument('[folder]', 'folder of the system, or its file', '.');
  return withRenderOptions(command);
}
