import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { hasCode } from '../domain/errors.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { readRegularFile, readTextFile } from './read-regular-file.ts';

const maxBytes = 1000;

test('a file is read completely, into its own buffer, up to the limit', async (t) => {
  const path = join(tempFolder(t), 'a');
  for (const size of [0, 1, 999, 1000]) {
    writeFileSync(path, 'x'.repeat(size));
    const bytes = await readRegularFile(path, { maxBytes });
    t.is(Buffer.from(bytes).toString(), 'x'.repeat(size));
    t.is(bytes.buffer.byteLength, size);
  }
  writeFileSync(path, 'x'.repeat(1001));
  const error = await t.throwsAsync(readRegularFile(path, { maxBytes }));
  t.true(hasCode(error, 'ERR_OBJECT_TOO_LARGE'));
  t.is(error?.message, 'it is larger than 1000 bytes');
});

test('a sparse file of a terabyte is refused before memory is allocated', async (t) => {
  const path = join(tempFolder(t), 'sparse');
  writeFileSync(path, '');
  truncateSync(path, 1024 ** 4);
  t.true(hasCode(await t.throwsAsync(readRegularFile(path, { maxBytes })), 'ERR_OBJECT_TOO_LARGE'));
});

test('a FIFO, a folder, a device and a socket are refused at once, also behind a link', async (t) => {
  const dir = tempFolder(t);
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  mkdirSync(join(dir, 'folder'));
  symlinkSync('fifo', join(dir, 'link'));
  const server = createServer().listen(join(dir, 'socket'));
  t.teardown(() => server.close());
  await once(server, 'listening');
  for (const [path, kind] of [
    [join(dir, 'fifo'), 'a FIFO'],
    [join(dir, 'link'), 'a FIFO'],
    [join(dir, 'folder'), 'a folder'],
    [join(dir, 'socket'), 'a socket'],
    ['/dev/zero', 'a device'],
  ] as const) {
    const error = await t.throwsAsync(readRegularFile(path, { maxBytes }));
    t.true(hasCode(error, 'ERR_OBJECT_UNSUPPORTED'), path);
    t.is(error?.message, `it is ${kind}, not a regular file`);
  }
});

test('a file whose size is reported as 0 is read to its end, up to the limit', async (t) => {
  t.is(await readTextFile('/proc/version', { maxBytes }), readFileSync('/proc/version', 'utf8'));
  const error = await t.throwsAsync(readTextFile('/proc/version', { maxBytes: 10 }));
  t.true(hasCode(error, 'ERR_OBJECT_TOO_LARGE'));
});

test('text is read without its byte-order mark', async (t) => {
  const path = join(tempFolder(t), 'a');
  writeFileSync(path, '\ufeffé');
  t.is(await readTextFile(path, { maxBytes }), 'é');
});
