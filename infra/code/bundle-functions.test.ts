import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { type BundleFile, sizeOf } from './bundle-file.ts';
import { bundleFunctions, maxUnpackedBytes } from './bundle-functions.ts';
import { engineFiles } from './engine-files.ts';
import { projectFolder } from './folders.ts';

/** Paths and digests: comparing megabytes by element is slow. */
function digests(files: readonly BundleFile[]): readonly string[] {
  return files.map(({ path, bytes }) => `${path} ${createHash('sha256').update(bytes).digest('hex')}`);
}

test('the same working copy gives the same bytes in any folder, and every file is readable by all users', async (t) => {
  const folder = tempFolder(t);
  const one = await bundleFunctions(join(folder, 'one'));
  const two = await bundleFunctions(join(folder, 'deeper/two'));
  t.deepEqual(digests(one.files), digests(two.files));
  t.deepEqual(
    one.files.map(({ path }) => path),
    one.files.map(({ path }) => path).toSorted(),
  );
  for (const { path, bytes } of one.files) {
    t.is(Buffer.compare(readFileSync(join(one.folder, path)), bytes), 0);
    t.is(statSync(join(one.folder, path)).mode & 0o777, 0o644, path);
  }
  t.is(statSync(one.folder).mode & 0o777, 0o755);
});

test('the bundle has the functions, the worker and the engine, and only the necessary size', async (t) => {
  const { files } = await bundleFunctions(join(tempFolder(t), 'bundle'));
  const paths = files.map(({ path }) => path);
  for (const name of ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive', 'scan-worker']) {
    t.true(paths.includes(`${name}.mjs`), name);
  }
  t.is(paths.filter((path) => path.endsWith('.wasm')).length, 3);
  for (const name of ['engine', 'filter']) t.true(paths.includes(`engine/dist/${name}.wasm`));
  t.deepEqual(
    paths.filter((path) => /\.(map|ts|test)\b/.test(path)),
    [],
  );
  t.true(sizeOf(files) < maxUnpackedBytes, `${sizeOf(files)} bytes`);
});

test('the bundle contains no devDependency, and includes the licences', async (t) => {
  const { files, packages } = await bundleFunctions(join(tempFolder(t), 'bundle'));
  const names = packages.map(({ name }) => name);
  t.true(names.includes('@aws-sdk/client-s3') && names.includes('yara-x') && names.includes('zod'));
  for (const name of [
    'esbuild',
    'ava',
    '@pulumi/pulumi',
    '@cloud-copilot/iam-simulate',
    'commander',
    'fauxqs',
    '@virustotal/yara-x',
  ]) {
    t.false(names.includes(name), name);
  }
  const licences = Buffer.from(files.find(({ path }) => path === 'THIRD-PARTY-LICENCES')?.bytes ?? []).toString();
  for (const { name, version } of packages) t.true(licences.includes(`${name} ${version} (`), name);
  t.regex(licences, /Apache License/);
});

test('previous content of the folder is removed', async (t) => {
  const folder = join(tempFolder(t), 'bundle');
  mkdirSync(folder);
  writeFileSync(join(folder, 'chunk-of-yesterday.mjs'), '');
  const { files } = await bundleFunctions(folder);
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  t.is(found.length, files.length);
  t.deepEqual(readdirSync(join(folder, '..')), ['bundle']);
});

test('an engine that is not the one of its manifest is not deployed', async (t) => {
  const project = tempFolder(t);
  for (const path of ['package.json', 'engine/dist'])
    cpSync(join(projectFolder, path), join(project, path), { recursive: true });
  t.deepEqual(digests(await engineFiles(project)), digests(await engineFiles(projectFolder)));
  writeFileSync(join(project, 'engine/dist/engine.wasm'), 'damaged');
  await t.throwsAsync(engineFiles(project), {
    message: /engine\.wasm is not the module of engine\/dist\/engine\.json/,
  });
});
