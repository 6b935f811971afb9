import { execFile } from 'node:child_process';

/** Where packages come from, for tools that see nothing of the server's own settings. No password goes along. */
export function registrySettings(programFolders: string[]): () => Promise<Record<string, string>> {
  let known: Promise<Record<string, string>> | null = null;
  return () => {
    known ??= askAll(programFolders);
    return known;
  };
}

async function askAll(programFolders: string[]): Promise<Record<string, string>> {
  const [registry, index] = await Promise.all([
    ask('npm', ['config', 'get', 'registry'], programFolders),
    process.env.PIP_INDEX_URL ??
      ask('python3', ['-m', 'pip', 'config', 'get', 'global.index-url'], programFolders),
  ]);
  const passed = [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'NODE_EXTRA_CA_CERTS',
  ];
  const found: [string, string | null | undefined][] = [
    ['npm_config_registry', registry],
    ['PIP_INDEX_URL', index],
    ...passed.map((name): [string, string | undefined] => [name, process.env[name]]),
  ];
  return Object.fromEntries(
    found.flatMap(([name, value]) => (value ? [[name, withoutPassword(value)]] : [])),
  );
}

function ask(program: string, args: string[], programFolders: string[]): Promise<string | null> {
  const PATH = [...programFolders, process.env.PATH ?? ''].join(':');
  return new Promise((resolve) => {
    execFile(program, args, { env: { ...process.env, PATH }, timeout: 10_000, cwd: '/' }, (error, stdout) => {
      resolve(error === null && stdout.trim() !== '' ? stdout.trim() : null);
    });
  });
}

function withoutPassword(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
