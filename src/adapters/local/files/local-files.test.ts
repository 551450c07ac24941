import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type ErrorCode, hasCode } from '../../../domain/errors.ts';
import { runScript } from '../../../testing/cli/run-script.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { localFiles } from './local-files.ts';

async function contentOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

test('a file is read from its start, any number of times, in its own pieces', async (t) => {
  const path = join(tempFolder(t), 'a');
  const content = Buffer.alloc(700_000, 'abc');
  writeFileSync(path, content);
  const file = await localFiles.open(Buffer.from(path));
  t.teardown(() => file.close());
  t.deepEqual(await contentOf(file.read()), content);
  t.deepEqual(await contentOf(file.read()), content);
  const { size, modifiedAt, changedAtMs } = await file.state();
  t.is(size, content.length);
  // In whole nanoseconds: a Date is rounded.
  const { mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  t.is(modifiedAt, new Date(Number(mtimeNs / 1_000_000n)).toISOString());
  t.is(changedAtMs, Number(ctimeNs / 1_000_000n));
});

test('the fingerprint changes with content, even if the modification time is set back, and with the inode', async (t) => {
  const path = join(tempFolder(t), 'a');
  const look = async () => (await localFiles.state(Buffer.from(path))).fingerprint;
  writeFileSync(path, 'one');
  utimesSync(path, 1000, 1000);
  const first = await look();
  t.is(await look(), first);
  const seen = [first];
  const changes = [
    () => appendFileSync(path, '!'),
    () => utimesSync(path, 2000, 2000),
    () => {
      writeFileSync(`${path}2`, 'two!');
      utimesSync(`${path}2`, 2000, 2000);
      renameSync(`${path}2`, path);
    },
  ];
  for (const change of changes) {
    change();
    const now = await look();
    t.false(seen.includes(now));
    seen.push(now);
  }
});

test('an open file stays the one that was opened, whatever takes its name', async (t) => {
  const path = join(tempFolder(t), 'a');
  writeFileSync(path, 'one');
  const file = await localFiles.open(Buffer.from(path));
  t.teardown(() => file.close());
  const before = (await file.state()).fingerprint.split('-').at(-1);
  writeFileSync(`${path}2`, 'another');
  renameSync(`${path}2`, path);
  t.is((await file.state()).fingerprint.split('-').at(-1), before);
  t.is((await contentOf(file.read())).toString(), 'one');
});

test('a name that is not UTF-8 is found', async (t) => {
  const location = Buffer.concat([Buffer.from(`${tempFolder(t)}/`), Buffer.from([0xff, 0x5c, 0xfe])]);
  writeFileSync(location, 'x');
  t.is((await localFiles.state(location)).size, 1);
  const file = await localFiles.open(location);
  t.is((await contentOf(file.read())).toString(), 'x');
  await file.close();
});

test('something that is not a regular file, is gone or is below a file has its own error, and no writer is waited for', async (t) => {
  const dir = tempFolder(t);
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  symlinkSync('nowhere', join(dir, 'link'));
  mkdirSync(join(dir, 'folder'));
  writeFileSync(join(dir, 'file'), '');
  const expected: readonly (readonly [string, ErrorCode])[] = [
    ['fifo', 'ERR_OBJECT_UNSUPPORTED'],
    ['link', 'ERR_OBJECT_UNSUPPORTED'],
    ['folder', 'ERR_OBJECT_UNSUPPORTED'],
    ['none', 'ERR_OBJECT_GONE'],
    ['file/x', 'ERR_OBJECT_GONE'],
  ];
  for (const [name, code] of expected) {
    const location = Buffer.from(join(dir, name));
    t.true(hasCode(await t.throwsAsync(localFiles.state(location)), code), name);
    const opening = localFiles.open(location).then(async (file) => {
      try {
        await file.state();
      } finally {
        await file.close();
      }
    });
    const error = await t.throwsAsync(opening);
    t.true(hasCode(error, code), name);
  }
});

test('a file without permission is denied, and one on a failing disk can be retried', async (t) => {
  const dir = tempFolder(t);
  writeFileSync(join(dir, 'secret'), 'x');
  chmodSync(join(dir, 'secret'), 0);
  chmodSync(dir, 0o755);
  const script = `
    import { localFiles } from '${import.meta.resolve('./local-files.ts')}';
    await localFiles.open(Buffer.from(process.argv[1])).catch((error) => console.log(error.code));
  `;
  // The superuser may read everything.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const { stdout } = await runScript(script, [join(dir, 'secret')], uid === undefined ? {} : { uid });
  t.is(stdout, 'ERR_OBJECT_DENIED\n');
  // The name is too long: a system error without a special meaning here.
  const error = await t.throwsAsync(localFiles.state(Buffer.from(`${dir}/${'x'.repeat(300)}`)));
  t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
});
