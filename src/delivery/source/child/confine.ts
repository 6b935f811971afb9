import { registerHooks } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Modules of Node that only compute. */
const PURE = new Set(
  ['assert', 'assert/strict', 'buffer', 'path', 'path/posix', 'querystring', 'url', 'util'].flatMap(
    (name) => [name, `node:${name}`],
  ),
);

/** Ways around the permission model or out of the process (it does not cover signals, links or SQLite). */
const CLOSED = [
  '_debugEnd',
  '_debugProcess',
  '_kill',
  '_linkedBinding',
  'abort',
  'binding',
  'dlopen',
  'execve',
  'getBuiltinModule',
  'kill',
  'loadEnvFile',
  'setSourceMapsEnabled',
] as const;

const FORMATS: Record<string, string> = {
  '.ts': 'module-typescript',
  '.mts': 'module-typescript',
  '.js': 'module',
  '.mjs': 'module',
  '.json': 'json',
};

/**
 * Limits what the file may import: `escale`, modules and JSON of its own folder, and modules of Node that only
 * compute. Node's permission model alone follows links out of the folder and lets SQLite open any file (seen in
 * 26.10), so no module that reaches a file is given out; CommonJS neither, whose loader can be altered from inside.
 */
export function confine(file: string, shim: string): void {
  const folder = pathToFileURL(`${dirname(file)}/`).href;
  const escale = pathToFileURL(shim).href;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === 'escale') return { url: escale, shortCircuit: true };
      if (PURE.has(specifier)) return nextResolve(specifier, context);
      const { url } = resolveInside(() => nextResolve(specifier, context), specifier);
      if (!url.startsWith(folder)) throw new Error(`it may not import ${JSON.stringify(specifier)}`);
      return {
        url,
        shortCircuit: true,
        ...(context.importAttributes && { importAttributes: context.importAttributes }),
      };
    },
    load(url, context, nextLoad) {
      if (url.startsWith('node:')) return nextLoad(url, context);
      const extension = /\.\w+$/.exec(fileURLToPath(url))?.[0] ?? '';
      const format = Object.hasOwn(FORMATS, extension) ? FORMATS[extension] : undefined;
      if (format === undefined) throw new Error(`it may import .ts, .js and .json files only, not ${url}`);
      return nextLoad(url, { ...context, format });
    },
  });
  closeProcess();
}

function resolveInside<Resolved>(resolve: () => Resolved, specifier: string): Resolved {
  try {
    return resolve();
  } catch {
    throw new Error(`it imports ${JSON.stringify(specifier)}, which is not in its folder`);
  }
}

function closeProcess(): void {
  for (const name of CLOSED) {
    Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false });
  }
}
