import { type Descriptor, encoded, type Index, MEDIA } from '../../../core/image/index.ts';
import { parseManifest } from '../base/manifest.ts';
import type { RegistryClient } from './client.ts';
import { skip } from './http.ts';
import { fetchManifest } from './pull.ts';
import { pushScope } from './upload.ts';

export interface Attachment {
  repository: string;
  /** What it is attached to. */
  subject: Descriptor;
  /** The manifest that attaches it. */
  attached: Descriptor;
}

/** For registries that do not know what is attached to what: an index under the tag `sha256-…` ("referrers tag schema"). */
export async function attach(
  client: RegistryClient,
  { repository, subject, attached }: Attachment,
): Promise<void> {
  const tag = subject.digest.replace(':', '-');
  const found = await fetchManifest(client, repository, tag);
  const known = found === null ? null : parseManifest(found.bytes, found.descriptor.mediaType);
  const others = known !== null && 'manifests' in known ? known.manifests : [];
  if (others.some(({ digest }) => digest === attached.digest)) return;
  const { mediaType, digest, size } = attached;
  const entry = { mediaType, digest, size, artifactType: MEDIA.spdx };
  const index: Index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: [...others, entry] };
  const answer = await client.ask({
    ...{ method: 'PUT', path: `${repository}/manifests/${tag}`, takes: [200, 201, 202] },
    ...{ scopes: [pushScope(repository)], headers: { 'content-type': MEDIA.index } },
    body: encoded(index),
  });
  skip(answer);
}
