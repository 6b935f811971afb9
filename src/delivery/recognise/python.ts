import type { FolderView } from './folder-view.ts';
import type { Guess } from './guess.ts';
import { plainGuess, probeIn } from './guess.ts';

const LISTS = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'setup.cfg'];
const MODULES = ['app.py', 'main.py', 'server.py', 'wsgi.py', 'asgi.py', 'api.py', 'worker.py'];
const ADDRESS = { host: `\${HOST}`, port: `\${PORT}` };

/** Recognises a Python service: Django, FastAPI, Flask, Streamlit, else a file with a usual name. */
export function recognisePython(folder: FolderView): Guess | null {
  const needs = LISTS.map((name) => folder.read(name) ?? '')
    .join('\n')
    .toLowerCase();
  const guess =
    django(folder, needs) ??
    asgi(folder) ??
    flask(folder, needs) ??
    streamlit(folder, needs) ??
    script(folder);
  return guess === null ? null : { ...guess, notes: [...guess.notes, ...packageNotes(folder)] };
}

function packageNotes(folder: FolderView): string[] {
  const other = ['pyproject.toml', 'Pipfile', 'setup.py'].find((name) => folder.files.has(name));
  if (folder.files.has('requirements.txt') || other === undefined) return [];
  return [`Escale installs what requirements.txt lists; there is only ${other}.`];
}

function django(folder: FolderView, needs: string): Guess | null {
  const manage = folder.read('manage.py');
  if (manage === null) return null;
  const settings = /['"]([A-Za-z_]\w*)\.settings/.exec(manage)?.[1];
  const [source, name] = [folder.path, 'web'];
  if (settings !== undefined && /\bgunicorn\b/.test(needs)) {
    const command = `python3 -m gunicorn --bind ${ADDRESS.host}:${ADDRESS.port} ${settings}.wsgi`;
    return plainGuess({ name, source, what: 'Django (manage.py, gunicorn)', command });
  }
  const notes = [
    'runserver is Django’s development server; put gunicorn into requirements.txt for production.',
  ];
  const command = `python3 manage.py runserver --noreload ${ADDRESS.host}:${ADDRESS.port}`;
  return plainGuess({ name, source, what: 'Django (manage.py)', command, notes });
}

function asgi(folder: FolderView): Guess | null {
  const found = findApplication(folder, /^(\w+)\s*(?::[^=\n]+)?=\s*(?:FastAPI|Starlette)\(/m);
  if (found === null) return null;
  const command = `python3 -m uvicorn --host ${ADDRESS.host} --port ${ADDRESS.port} ${found.module}:${found.variable}`;
  return plainGuess({
    name: 'web',
    source: folder.path,
    what: `FastAPI (${found.file})`,
    command,
    ready: probeIn(found.code),
  });
}

function flask(folder: FolderView, needs: string): Guess | null {
  const found =
    findApplication(folder, /^(\w+)\s*(?::[^=\n]+)?=\s*(?:flask\.)?Flask\(/m) ?? flaskFactory(folder);
  if (found === null) return null;
  const ready = probeIn(found.code);
  const common = { name: 'web', source: folder.path, ready };
  if (/\bgunicorn\b/.test(needs) && found.variable !== null) {
    const command = `python3 -m gunicorn --bind ${ADDRESS.host}:${ADDRESS.port} ${found.module}:${found.variable}`;
    return plainGuess({ ...common, what: `Flask (${found.file}, gunicorn)`, command });
  }
  const notes = [
    'flask run is Flask’s development server; put gunicorn into requirements.txt for production.',
  ];
  const command = `python3 -m flask --app ${found.module} run --host ${ADDRESS.host} --port ${ADDRESS.port}`;
  return plainGuess({ ...common, what: `Flask (${found.file})`, command, notes });
}

interface Application {
  file: string;
  module: string;
  variable: string | null;
  code: string;
}

function flaskFactory(folder: FolderView): Application | null {
  const file = MODULES.find((name) => /def create_app\(/.test(folder.read(name) ?? ''));
  return file === undefined
    ? null
    : { file, module: moduleOf(file), variable: null, code: folder.read(file)! };
}

function findApplication(folder: FolderView, pattern: RegExp): Application | null {
  for (const file of MODULES) {
    const code = folder.read(file) ?? '';
    const variable = pattern.exec(code)?.[1];
    if (variable !== undefined) return { file, module: moduleOf(file), variable, code };
  }
  return null;
}

function moduleOf(file: string): string {
  return file.replace(/\.py$/, '');
}

function streamlit(folder: FolderView, needs: string): Guess | null {
  const file = MODULES.find((name) => /\bimport streamlit\b/.test(folder.read(name) ?? ''));
  if (file === undefined || !/\bstreamlit\b/.test(needs)) return null;
  const command = `python3 -m streamlit run ${file} --server.headless true --server.address ${ADDRESS.host} --server.port ${ADDRESS.port}`;
  return plainGuess({ name: 'web', source: folder.path, what: `Streamlit (${file})`, command });
}

function script(folder: FolderView): Guess | null {
  const file = MODULES.find((name) => folder.files.has(name));
  if (file === undefined) return null;
  const code = folder.read(file) ?? '';
  const port = /PORT|HTTPServer|\.listen|socket|aiohttp|tornado|bottle|serve/.test(code);
  const note = 'It seems to listen on a fixed port; Escale gives it HOST and PORT in its environment.';
  const notes = port && !/PORT/.test(code) ? [note] : [];
  return plainGuess({
    name: port ? 'web' : 'worker',
    source: folder.path,
    what: `Python (${file})`,
    command: `python3 ${file}`,
    port,
    ready: probeIn(code),
    notes,
  });
}
