import { createHash } from 'node:crypto';
import type { BundleFile } from './bundle-file.ts';
import type { ShippedPackage } from './packages.ts';

/** The input of an SBOM. */
export interface SbomParts {
  /** Version of this project. */
  readonly version: string;
  readonly files: readonly BundleFile[];
  readonly packages: readonly ShippedPackage[];
}

/**
 * Creates the bill of materials of the deployed functions, in CycloneDX 1.6
 * (https://cyclonedx.org/docs/1.6/json/): every package with files in the bundle, every crate in its
 * engine, each with its hash from the lock file, and every file of the bundle. The same bundle gives the same text; it
 * contains no time.
 */
export function bundleSbom({ version, files, packages }: SbomParts): string {
  const libraries = packages.map((each) => ({
    type: 'library',
    'bom-ref': purlOf(each),
    ...nameOf(each.name),
    ...{ version: each.version, scope: 'required', purl: purlOf(each), licenses: [{ expression: each.license }] },
    ...(each.hash === null ? {} : { hashes: [{ alg: each.hash.algorithm, content: each.hash.hex }] }),
  }));
  const deployed = files.map(({ path, bytes }) => ({
    ...{ type: 'file', 'bom-ref': `file:${path}`, name: path },
    hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(bytes).digest('hex') }],
  }));
  const components = [...libraries, ...deployed];
  const application = { type: 'application', 'bom-ref': 'rearview', name: 'rearview', version };
  const sbom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(components), version: 1 },
    metadata: { component: { ...application, licenses: [{ expression: 'Apache-2.0' }] } },
    components,
    dependencies: [
      { ref: 'rearview', dependsOn: libraries.map((each) => each['bom-ref']) },
      ...libraries.map((each) => ({ ref: each['bom-ref'] })),
    ],
    compositions: [{ aggregate: 'complete', assemblies: ['rearview'] }],
  };
  return `${JSON.stringify(sbom, null, 2)}\n`;
}

/** https://github.com/package-url/purl-spec: types npm and cargo */
function purlOf({ ecosystem, name, version }: Pick<ShippedPackage, 'ecosystem' | 'name' | 'version'>): string {
  return `pkg:${ecosystem}/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
}

function nameOf(name: string): { readonly group?: string; readonly name: string } {
  const [scope = '', plain] = name.split('/');
  return plain === undefined ? { name } : { group: scope, name: plain };
}

/** A UUID of version 8 derived from the content. */
function serialOf(content: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
