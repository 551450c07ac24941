import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { build } from 'esbuild';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { refuseRequires } from './build-functions.ts';

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
