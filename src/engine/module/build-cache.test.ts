import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { enginelessProject } from '../../testing/engineless-project.ts';

const run = promisify(execFile);

const script = `import { readCachedBuild, writeCachedBuild } from './src/engine/module/build-cache.ts';
import { createHash } from 'node:crypto';
const bytes = new Uint8Array(100_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
for (let round = 0; round < 100; round += 1) {
  writeCachedBuild({ sha256, bytes }, '1.0.0');
  if (readCachedBuild('1.0.0')?.sha256 !== sha256) throw new Error('no build');
}`;

test('processes that store a build at the same time leave it whole, and nothing else', async (t) => {
  const project = enginelessProject(t);
  writeFileSync(join(project, 'store.ts'), script);
  const storing = Array.from({ length: 4 }, () => run(process.execPath, ['store.ts'], { cwd: project }));
  await t.notThrowsAsync(Promise.all(storing));
  const build = readdirSync(join(project, 'node_modules/.cache/rearview/engine'));
  t.deepEqual(build.map((name) => name.replace(/^[0-9a-f]{64}/, '…')).toSorted(), ['build.json', '….wasm']);
});
