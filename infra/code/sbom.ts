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
 * The package with the engine: WebAssembly that was compiled from Rust crates, which it does not
 * list.
 */
const engine = '@virustotal/yara-x';

/**
 * Creates the bill of materials of the deployed functions, in CycloneDX 1.6
 * (https://cyclonedx.org/docs/1.6/json/): every package with files in the bundle, with its hash
 * from the lock file, and every file of the bundle. The same bundle gives the same text; it
 * contains no time.
 */
export function bundleSbom({ version, files, packages }: SbomParts): string {
  const libraries = packages.map((each) => ({
    type: 'library',
    'bom-ref': purlOf(each),
    ...nameOf(each.name),
    ...{ version: each.version, scope: 'required', purl: purlOf(each), licenses: [{ expression: each.license }] },
    ...(each.integrity === null ? {} : { hashes: [{ alg: 'SHA-512', content: hexOf(each.integrity) }] }),
  }));
  const deployed = files.map(({ path, bytes }) => ({
    ...{ type: 'file', 'bom-ref': `file:${path}`, name: path },
    hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(bytes).digest('hex') }],
  }));
  const components = [...libraries, ...deployed];
  const application = { type: 'application', 'bom-ref': 'rearview', name: 'rearview', version };
  const engines = packages.filter(({ name }) => name === engine).map(purlOf);
  const sbom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(components), version: 1 },
    metadata: { component: { ...application, licenses: [{ expression: 'Apache-2.0' }] } },
    components,
    dependencies: [
      { ref: 'rearview', dependsOn: libraries.map((each) => each['bom-ref']) },
      ...libraries.map((each) => ({ ref: each['bom-ref'] })),
    ],
    compositions: [
      { aggregate: 'complete', assemblies: ['rearview'] },
      ...(engines.length === 0 ? [] : [{ aggregate: 'unknown', assemblies: engines }]),
    ],
  };
  return `${JSON.stringify(sbom, null, 2)}\n`;
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function purlOf({ name, version }: Pick<ShippedPackage, 'name' | 'version'>): string {
  return `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
}

function nameOf(name: string): { readonly group?: string; readonly name: string } {
  const [scope = '', plain] = name.split('/');
  return plain === undefined ? { name } : { group: scope, name: plain };
}

/** In the format of `package-lock.json`: `sha512-` and Base64. */
function hexOf(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
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
