import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import test from 'ava';
import { codeArchive } from './code-archive.ts';

test('the program gets a folder with the functions, bundled once for all of them', async (t) => {
  const [archive, again] = await Promise.all([codeArchive(), codeArchive()]);
  t.is(archive, again);
  if (!(archive instanceof pulumi.asset.FileArchive)) return t.fail('not a folder');
  const folder = await archive.path;
  t.true(existsSync(join(folder, 'live-analyzer.mjs')));
  t.true(existsSync(join(folder, 'engine/dist/engine.wasm')));
});
