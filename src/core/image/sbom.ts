import { digestOf, encoded } from './oci.ts';

/** Something that somebody else made and that is in an image. */
export interface Component {
  kind: 'npm' | 'pypi' | 'deb' | 'generic';
  name: string;
  version: string;
  /** As its maker says; null: unknown. */
  license: string | null;
  /** `sha512-…` in base64, as npm says it. */
  integrity?: string;
  /** Of Debian packages: `amd64`, `all`. */
  architecture?: string;
}

export interface SbomRequest {
  /** `shop/web`. */
  name: string;
  components: Component[];
  /** Of this Escale. */
  version: string;
}

/**
 * A list of what is in an image, as SPDX 2.3. It depends on the list alone, not on the image or on the day, so that it
 * is the same document as long as nothing of it changes; which image it belongs to says the manifest that attaches it.
 */
export function spdxDocument({ name, components, version }: SbomRequest): object {
  const packages = unique(components).map(spdxPackage);
  const content = digestOf(encoded({ name, packages }));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `urn:escale:sbom:${content}`,
    creationInfo: { created: '1970-01-01T00:00:00Z', creators: [`Tool: escale-${version}`] },
    documentDescribes: ['SPDXRef-image'],
    packages: [
      {
        SPDXID: 'SPDXRef-image',
        name,
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        primaryPackagePurpose: 'CONTAINER',
      },
      ...packages,
    ],
    relationships: packages.map(({ SPDXID }) => ({
      spdxElementId: 'SPDXRef-image',
      relationshipType: 'CONTAINS',
      relatedSpdxElement: SPDXID,
    })),
  };
}

/** Sorted, each once: npm often has the same version in several places. */
function unique(components: Component[]): Component[] {
  const byUrl = new Map(components.map((component) => [packageUrl(component), component]));
  return [...byUrl].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component);
}

function spdxPackage(component: Component) {
  const { kind, name, version, license, integrity } = component;
  const url = packageUrl(component);
  return {
    SPDXID: `SPDXRef-${kind}-${digestOf(Buffer.from(url)).slice(7, 23)}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseDeclared: license !== null && isExpression(license) ? license : 'NOASSERTION',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: url }],
    ...(integrity !== undefined && { checksums: checksumsOf(integrity) }),
  };
}

/** One or several identifiers of SPDX; anything else is a text that its reader would stumble over. */
function isExpression(text: string): boolean {
  return /^\(?[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*\)?$/.test(text);
}

function checksumsOf(integrity: string): { algorithm: string; checksumValue: string }[] {
  return integrity.split(' ').flatMap((each) => {
    const match = /^sha(1|256|384|512)-([A-Za-z0-9+/]+=*)$/.exec(each);
    if (match === null) return [];
    return [{ algorithm: `SHA${match[1]}`, checksumValue: Buffer.from(match[2]!, 'base64').toString('hex') }];
  });
}

/** github.com/package-url/purl-spec */
function packageUrl({ kind, name, version, architecture }: Component): string {
  const encodedName = name.split('/').map(encodeURIComponent).join('/');
  const qualifier = architecture === undefined ? '' : `?arch=${architecture}`;
  const prefix = { npm: 'npm/', pypi: 'pypi/', deb: 'deb/debian/', generic: 'generic/' }[kind];
  return `pkg:${prefix}${encodedName}@${encodeURIComponent(version)}${qualifier}`;
}
