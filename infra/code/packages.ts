import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import * as z from 'zod';
import { isAllowedBy } from './spdx.ts';

/**
 * SPDX identifiers (https://spdx.org/licenses/) of licences that may be shipped in a product under
 * Apache-2.0.
 */
const allowedLicences: ReadonlySet<string> = new Set([
  ...['Apache-2.0', 'MIT', 'MIT-0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'ISC', 'Zlib', 'Unicode-3.0'],
]);

/**
 * Packages that may be shipped under another licence, as separate files that anyone can replace:
 * 7-Zip's WebAssembly module is loaded unchanged (decision 24). Their package.json names a file.
 */
const separateModules: ReadonlyMap<string, string> = new Map([
  ['7z-wasm', 'LGPL-2.1-or-later AND LicenseRef-unRAR-restriction'],
]);

const licenceFile = /(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

const packageSchema = z.object({ name: z.string(), version: z.string(), license: z.string().default('none') });
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().default(false), integrity: z.string().nullable().default(null) }),
  ),
});

/** A package with files in the bundle, or a crate in its engine. */
export interface ShippedPackage {
  readonly ecosystem: 'npm' | 'cargo';
  readonly name: string;
  readonly version: string;
  /** From its package.json: an SPDX expression. */
  readonly license: string;
  /** The hash in the lock file; null if it has none. */
  readonly hash: { readonly algorithm: 'SHA-256' | 'SHA-512'; readonly hex: string } | null;
  /** Texts of its licence and notice files. */
  readonly texts: readonly string[];
}

/** Folders of packages, `node_modules/<name>`, with files in the bundle. */
export function packageFolders(metafile: Metafile): readonly string[] {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []);
  return [...new Set(folders)].toSorted();
}

/**
 * Reads the metadata of the packages.
 * @param folders relative to `project`, the folder with package-lock.json
 * @throws Error that names each package for development only, or with a licence that may not be
 *   shipped
 */
export async function readPackages(folders: readonly string[], project: string): Promise<readonly ShippedPackage[]> {
  const lock = lockSchema.parse(JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')));
  const problems: string[] = [];
  const packages: ShippedPackage[] = [];
  for (const folder of folders) {
    const at = join(project, folder);
    const read = packageSchema.parse(JSON.parse(await readFile(join(at, 'package.json'), 'utf8')));
    const locked = lock.packages[folder];
    if (locked === undefined) problems.push(`${folder} is not in package-lock.json: run npm ci`);
    else if (locked.dev) problems.push(`${folder} is a devDependency: move it to dependencies, or the code to a test`);
    const separate = separateModules.get(read.name);
    const license = separate ?? read.license;
    if (separate === undefined && !mayShip(license))
      problems.push(`${folder} is under ${license}, which may not be shipped`);
    const hash = locked?.integrity == null ? null : ({ algorithm: 'SHA-512', hex: hexOf(locked.integrity) } as const);
    packages.push({ ...read, ecosystem: 'npm', license, hash, texts: await readTexts(at) });
  }
  if (problems.length === 0) return packages;
  throw new Error(`Cannot bundle the functions:\n  ${problems.join('\n  ')}`);
}

/** In the format of `package-lock.json`: `sha512-` and Base64. */
function hexOf(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
}

/** One of several alternative licences must be allowed; of a conjunction, all. */
export function mayShip(expression: string): boolean {
  return isAllowedBy(expression, allowedLicences);
}

async function readTexts(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => licenceFile.test(name)).toSorted();
  return Promise.all(names.map(async (name) => (await readFile(join(folder, name), 'utf8')).trim()));
}

/** Names, licences and their texts, each text once. */
export function thirdPartyLicences(packages: readonly ShippedPackage[]): string {
  const byText = new Map<string, string[]>();
  for (const { name, version, license, texts } of packages) {
    const text = texts.length === 0 ? 'The package has no licence text.' : texts.join('\n\n');
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}
