import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { tempFolder } from '../testing/temp-folder.ts';
import { makePrivateFolder } from './private-files.ts';

test('a folder that cannot be made is an error at once', (t) => {
  // Node's recursive mkdir never ends there.
  if (process.platform === 'linux') t.throws(() => makePrivateFolder('/proc/rearview/a/b'), { code: 'ENOENT' });
  const dir = tempFolder(t);
  writeFileSync(join(dir, 'file'), '');
  t.throws(() => makePrivateFolder(join(dir, 'file', 'a', 'b')), { code: 'ENOTDIR' });
  makePrivateFolder(join(dir, 'a', 'b', 'c'));
  makePrivateFolder(join(dir, 'a', 'b', 'c'));
  t.is(statSync(join(dir, 'a', 'b', 'c')).mode & 0o777, 0o700);
});
