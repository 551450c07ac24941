/**
 * Builds the engine of the folder `engine`: YARA-X, with the changes of `patches`, and the binding of
 * `src`, as one WebAssembly module; and as another the filters of the index (`filter`). Needs `rustup` and Git; everything else comes from crates.io. The same sources
 * are meant to give the same bytes on every machine.
 *
 * `npm run engine` writes `dist`; `npm run engine -- --check` compares with it and changes nothing.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../engine/', import.meta.url));
const work = join(folder, 'build');
const dist = join(folder, 'dist');
const target = 'wasm32-unknown-unknown';

interface Crate {
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  readonly manifest_path: string;
  readonly source: string | null;
}

interface Metadata {
  readonly packages: readonly Crate[];
}

function run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): void {
  execFileSync(command, args, { stdio: ['ignore', 2, 2], cwd: folder, ...options });
}

function metadataOf(cwd: string): Metadata {
  const args = ['metadata', '--format-version', '1', '--filter-platform', target];
  const text = execFileSync('cargo', args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 2] });
  return JSON.parse(text) as Metadata;
}

/** Puts the source of the crate with the changes into `build/yara-x`. Returns its version. */
function patchCrate(): string {
  const { version } = /yara-x = \{ version = "=(?<version>[\d.]+)"/.exec(manifestText())?.groups ?? {};
  if (version === undefined) throw new Error('engine/Cargo.toml names no exact version of yara-x.');
  const fetching = join(work, 'fetch');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(fetching, 'src'), { recursive: true });
  writeFileSync(join(fetching, 'src/lib.rs'), '');
  const header = '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2024"\n';
  writeFileSync(
    join(fetching, 'Cargo.toml'),
    `${header}[dependencies]\nyara-x = { version = "=${version}", default-features = false }\n[workspace]\n`,
  );
  const crate = metadataOf(fetching).packages.find(({ name }) => name === 'yara-x');
  if (crate === undefined) throw new Error(`crates.io has no yara-x ${version}.`);
  const patched = join(work, 'yara-x');
  cpSync(dirname(crate.manifest_path), patched, { recursive: true });
  rmSync(fetching, { recursive: true });
  for (const patch of readdirSync(join(folder, 'patches')).toSorted()) {
    run('git', ['apply', '--whitespace=nowarn', `--directory=engine/build/yara-x`, join(folder, 'patches', patch)], {
      cwd: dirname(folder),
    });
  }
  return version;
}

function manifestText(): string {
  return readFileSync(join(folder, 'Cargo.toml'), 'utf8');
}

/** Returns the module. */
function compile(): Uint8Array<ArrayBuffer> {
  const cargoHome = process.env['CARGO_HOME'] ?? join(homedir(), '.cargo');
  const flags = [
    '-Ctarget-feature=+simd128,+bulk-memory',
    // No path of this machine may be in the module.
    `--remap-path-prefix=${cargoHome}=cargo`,
    `--remap-path-prefix=${folder.replace(/\/$/, '')}=engine`,
  ];
  run('rustup', ['target', 'add', target]);
  run('cargo', ['build', '--release', '--locked', '--target', target], {
    env: { ...process.env, CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f') },
  });
  return readFileSync(join(folder, 'target', target, 'release/rearview_engine.wasm'));
}

/** Returns the module that sets the grams of a content. It has no dependencies. */
function compileFilter(): Uint8Array<ArrayBuffer> {
  const out = join(work, 'filter.wasm');
  const options = ['--edition', '2024', '--crate-type', 'cdylib', '--target', target];
  const codegen = ['-Copt-level=3', '-Ctarget-feature=+simd128,+bulk-memory', '-Cstrip=symbols'];
  run('rustc', [...options, ...codegen, 'filter/filter.rs', '-o', out]);
  return readFileSync(out);
}

/** Asks the module for the functions that conditions may call. */
async function functionsOf(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const { initialPages } = await import('../../src/engine/module/engine-instance.ts');
  const memory = new WebAssembly.Memory({ initial: initialPages });
  const module = new WebAssembly.Module(bytes);
  const host = Object.fromEntries(
    WebAssembly.Module.imports(module)
      .filter(({ kind }) => kind === 'function')
      .map(({ name }) => [name, () => 0]),
  );
  const exports = new WebAssembly.Instance(module, { env: { memory }, host }).exports as Record<string, () => number>;
  exports['start']?.();
  exports['condition_functions']?.();
  const [address = 0, length = 0] = [exports['answer_address']?.(), exports['answer_length']?.()];
  return JSON.parse(Buffer.from(memory.buffer, address, length).toString('utf8'));
}

/** The crates in the module, and the texts of their licences, each once (`infra/code/crates.ts`). */
function readCrates(): { readonly crates: readonly object[]; readonly texts: readonly string[] } {
  const args = ['tree', '--locked', '--target', target, '--edges', 'normal', '--prefix', 'none', '--format', '{p}'];
  const tree = execFileSync('cargo', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  const linked = new Set(tree.split('\n').map((line) => line.split(' ').slice(0, 2).join(' ').replace(' v', ' ')));
  const lock = readFileSync(join(folder, 'Cargo.lock'), 'utf8');
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  };
  const crates = metadataOf(folder)
    .packages.filter(({ name, version }) => name !== 'rearview-engine' && linked.has(`${name} ${version}`))
    .toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
    .map(({ name, version, license, manifest_path: path }) => {
      const locked = lock
        .split('[[package]]')
        .find((each) => each.includes(`name = "${name}"\nversion = "${version}"`));
      const texts = readdirSync(dirname(path))
        .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file) && statSync(join(dirname(path), file)).isFile())
        .toSorted()
        .map((file) => placeOf(readFileSync(join(dirname(path), file), 'utf8').trim()));
      return { name, version, license, sha256: /checksum = "(\w+)"/.exec(locked ?? '')?.[1] ?? null, texts };
    });
  return { crates, texts: [...places.keys()] };
}

const isCheck = process.argv.includes('--check');
const version = patchCrate();
const bytes = compile();
const filter = compileFilter();
const sha256Of = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const sha256 = sha256Of(bytes);
const manifest = { version, sha256, functions: await functionsOf(bytes) };
const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
const files: ReadonlyMap<string, Uint8Array | string> = new Map<string, Uint8Array | string>([
  ['engine.wasm', bytes],
  ['engine.json', json(manifest)],
  ['crates.json', json(readCrates())],
  ['filter.wasm', filter],
  ['filter.json', json({ sha256: sha256Of(filter) })],
]);
const different = [...files].filter(([name, content]) => {
  const path = join(dist, name);
  return !existsSync(path) || !readFileSync(path).equals(Buffer.from(content));
});
if (!isCheck) {
  mkdirSync(dist, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(dist, name), content);
}
const names = different.map(([name]) => name).join(', ');
if (different.length === 0) console.log(`engine/dist is what its sources give (${sha256}).`);
else if (isCheck) {
  console.error(
    `engine/dist differs from what its sources give: ${names}. Run "npm run engine", and commit the result.`,
  );
  process.exitCode = 1;
} else console.log(`Wrote engine/dist: ${names} (${sha256}).`);
