import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import { APP_FOLDER, PACKAGES_FOLDER } from '../../../core/image/index.ts';
import { type ArtifactDraft, STATIC_SERVER, STATIC_SERVER_FILE } from '../../artifact/artifact-store.ts';
import { isUnchanged, type SourceFile } from '../../artifact/files.ts';
import { packageLinks } from '../../artifact/install.ts';
import type { Entry } from '../tar/index.ts';
import { folderEntries, staysInside } from './walk.ts';

/**
 * The files of an artifact, below `/app`. Where it shows packages by links into the host's store of packages, the image
 * has the same links into `/packages`: modules are found as they are on a host.
 */
export function artifactEntries(artifact: string, installed: string | null): Entry[] {
  return folderEntries({
    from: artifact,
    to: APP_FOLDER,
    link: (name, target) => {
      const inside = installed === null ? null : below(installed, target);
      if (inside !== null) return `/${PACKAGES_FOLDER}/${inside}`;
      // The artifact has been checked for links that leave it: what is absolute here can only be ours.
      return staysInside(name, target) ? target : null;
    },
  });
}

/** The same entries straight from the source, without an artifact in between. */
export function draftEntries(draft: ArtifactDraft, installed: string | null): Entry[] {
  const files = draft.files.map((file) => sourceEntry(draft.source.folder, file));
  return [...files, ...serverEntries(draft), ...linkEntries(draft, installed)];
}

function sourceEntry(folder: string, { path: name, kind, target, executable }: SourceFile): Entry {
  const at = `${APP_FOLDER}/${name}`;
  if (kind === 'link') return { path: at, type: 'link', target };
  const mode = executable ? 0o755 : 0o644;
  return { path: at, type: 'file', mode, content: { file: path.join(folder, name) } };
}

function serverEntries({ source }: ArtifactDraft): Entry[] {
  if (!source.static) return [];
  const at = `${APP_FOLDER}/${STATIC_SERVER}`;
  return [{ path: at, type: 'file', mode: 0o644, content: { file: STATIC_SERVER_FILE } }];
}

function linkEntries({ packages }: ArtifactDraft, installed: string | null): Entry[] {
  if (packages === null || installed === null) return [];
  return packageLinks(packages, installed).map(([name, target]) => ({
    path: `${APP_FOLDER}/${name}`,
    type: 'link',
    target: `/${PACKAGES_FOLDER}/${below(installed, target)}`,
  }));
}

/** Throws `source-changed` where a file is not what the draft read any more. */
export async function checkUnchanged({ files, source }: ArtifactDraft): Promise<void> {
  for (const file of files)
    if (!(await isUnchanged(source.folder, file))) {
      const place = path.join(source.folder, file.path);
      throw new EscaleError('source-changed', `${place} changed while it was being delivered`, { place });
    }
}

/** `target` relative to `folder`; null where it is not below it. */
function below(folder: string, target: string): string | null {
  if (!path.isAbsolute(target)) return null;
  const relative = path.relative(folder, target);
  return relative === '' || relative.startsWith('..') ? null : relative.split(path.sep).join('/');
}
