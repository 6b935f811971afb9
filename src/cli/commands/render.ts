import { Command } from 'commander';
import type { Rendered } from '../../delivery/index.ts';
import {
  accountIn,
  type KubernetesFlags,
  kubernetesRequest,
  needlessWith,
  withKubernetesOptions,
  withRightsOptions,
} from '../kubernetes-choice.ts';
import { mustJoin } from '../place.ts';
import { handOver, type RenderOptions, withRenderOptions } from '../rendered.ts';
import { type ServerFlags, serverRequest, withServerOptions } from '../server-choice.ts';

/** `escale render`: files for other tools, from a system's file. Needs no server. */
export function renderCommand(): Command {
  return new Command('render')
    .description('Write files for other tools from the file of a system')
    .addCommand(dockerfileCommand())
    .addCommand(composeCommand())
    .addCommand(kubernetesCommand())
    .addCommand(rbacCommand())
    .addCommand(serverCommand());
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
  const command = withKubernetesOptions(withFolder('kubernetes', what)).option(
    '--deployed',
    'what runs there now, as it was applied, of the system of that name: asks Escale, not the file',
  );
  return command.action(
    async (
      folder: string,
      options: RenderOptions & KubernetesFlags & { deployed?: boolean },
      command: Command,
    ) => {
      if (options.deployed) return handOver(await deployedOf(folder, command), options);
      const request = kubernetesRequest(options);
      const { renderKubernetesOf } = await import('../../delivery/index.ts');
      await handOver(await renderKubernetesOf(folder, request), options);
    },
  );
}

/** Everything else was chosen when the target was made known. Throws `kubernetes-choice`, `system-unknown`, `cluster-lacks`. */
async function deployedOf(word: string, command: Command): Promise<Rendered> {
  const own = ['deployed', 'environment', 'stdout', 'output', 'check', 'force', 'json'];
  const given = Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === 'cli');
  const [needless] = given.filter((name) => !own.includes(name));
  if (needless !== undefined) throw needlessWith('--deployed', needless);
  const { environment } = command.opts<{ environment: string }>();
  const { repositoryTop, systemNamed } = await import('../../delivery/index.ts');
  const { renderDeployed } = await import('../../core/render/index.ts');
  const system = await systemNamed(word);
  const { client } = await mustJoin();
  const { parts } = await client.deployedObjects({ system, environment });
  const words = ['escale', 'render', 'kubernetes', system, '--deployed', '-e', environment];
  return {
    ...{ system, top: repositoryTop(process.cwd()) },
    files: renderDeployed({ system, environment, parts }, words.join(' ')),
  };
}

function rbacCommand(): Command {
  const what =
    'Write the rights that Escale’s engine needs in the namespace of a system: no more than it uses';
  const account =
    'NAMESPACE/NAME of an account that gets them, such as escale/escale, where Escale runs in the cluster; else one is made';
  return withRightsOptions(withFolder('rbac', what), 'escale-gateway')
    .option('--account <name>', account)
    .action(async (folder: string, options: RenderOptions & KubernetesFlags) => {
      const request = kubernetesRequest(options, 'escale-gateway');
      const { renderRbacOf } = await import('../../delivery/index.ts');
      const named = options.account === undefined ? null : accountIn(options.account);
      await handOver(await renderRbacOf(folder, request, named), options);
    });
}

function serverCommand(): Command {
  const what = 'Write plain Kubernetes manifests of Escale itself: one replica with a volume';
  return withServerOptions(withRenderOptions(new Command('server').description(what))).action(
    async (options: RenderOptions & ServerFlags) => {
      const { wish, words } = serverRequest(options);
      const { repositoryTop } = await import('../../delivery/index.ts');
      const { renderServerFiles } = await import('../../core/render/index.ts');
      const files = renderServerFiles(wish, ['escale', 'render', 'server', ...words].join(' '));
      await handOver({ system: 'escale', top: repositoryTop(process.cwd()), files }, options);
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
