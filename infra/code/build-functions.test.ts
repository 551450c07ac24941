import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { build, type Metafile } from 'esbuild';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { buildFunctions, refuseRequires } from './build-functions.ts';

async function bundled(t: ExecutionContext, source: string) {
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'package.cjs'), source);
  writeFileSync(join(folder, 'index.mjs'), "import './package.cjs';");
  const options = { bundle: true, write: false, metafile: true, format: 'esm', platform: 'node' } as const;
  return (await build({ ...options, entryPoints: [join(folder, 'index.mjs')], outdir: folder })).metafile;
}

test('a CommonJS package that requires a Node module is refused, even if it does so late', async (t) => {
  const late = await bundled(t, "exports.late = () => require('node:zlib');");
  t.throws(() => refuseRequires(late), { message: /a CommonJS package requires node:zlib\./ });
  t.notThrows(() => refuseRequires({ inputs: {}, outputs: {} }));
});

test('a CommonJS package that requires no Node module is accepted', async (t) => {
  const fine = await bundled(t, 'exports.one = 1;');
  t.notThrows(() => refuseRequires(fine));
});

/** The files of this working copy that are loaded when a function starts. */
function loadedBy({ outputs }: Metafile, entry: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { path, kind } of outputs[name]?.imports ?? []) if (kind === 'import-statement') visit(path);
  };
  visit(entry);
  return [...seen].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
}

test('functions that scan nothing do not load the scan engine', async (t) => {
  const { metafile } = await buildFunctions();
  const engineOf = (name: string) =>
    loadedBy(metafile, `${name}.mjs`).filter((path) => /^src\/engine\/(pool|module|host)\/|@virustotal/.test(path));
  t.deepEqual(engineOf('redrive'), []);
  t.deepEqual(engineOf('scan-finisher'), []);
  t.not(engineOf('live-analyzer').length, 0);
});

test('the analyzers start their thread before anything that takes long to load', async (t) => {
  const { metafile } = await buildFunctions();
  for (const name of ['live-analyzer', 'retro-analyzer']) {
    const loaded = loadedBy(metafile, `${name}.mjs`);
    t.true(loaded.includes('src/engine/pool/worker-ahead.ts'), name);
    t.deepEqual(
      loaded.filter((path) => path.startsWith('node_modules/')),
      [],
    );
  }
});

test('the parts of Zod that nothing uses are not shipped', async (t) => {
  const { metafile } = await buildFunctions();
  const shipped = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
      path.includes('/zod/') && bytesInOutput > 0 ? [path.replace(/^.*\/zod\//, '')] : [],
    ),
  );
  t.true(shipped.includes('v4/classic/schemas.js'));
  t.deepEqual(
    shipped.filter((path) => /locales\/(?!en\.js)/.test(path)),
    [],
  );
});

test('no function imports node:http, which would load fetch and WebSocket', async (t) => {
  const { files } = await buildFunctions();
  const importing = files.filter(({ bytes }) =>
    /(?:from|import) ?["'](?:node:)?http["']/.test(Buffer.from(bytes).toString()),
  );
  t.deepEqual(
    importing.map(({ path }) => path),
    [],
  );
});
