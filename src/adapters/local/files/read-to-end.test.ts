import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { encodePath } from '../../../domain/objects/path-key.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { createPathObjectReader } from './path-object-store.ts';
import { readToEnd } from './read-to-end.ts';

async function read(path: string, size: number, maxBytes: number) {
  const handle = await open(path);
  try {
    const { bytes, isWhole } = await readToEnd(handle, { size, maxBytes });
    return { text: Buffer.from(bytes).toString(), isWhole, ownBytes: bytes.buffer.byteLength };
  } finally {
    await handle.close();
  }
}

test('a file is read to its end, whatever size it reports, or up to the limit', async (t) => {
  const path = join(tempFolder(t), 'a');
  const content = 'abc'.repeat(50_000);
  writeFileSync(path, content);
  for (const size of [0, 1, 65_536, content.length - 1, content.length, content.length + 1, 200_000]) {
    t.deepEqual(
      await read(path, size, 200_000),
      { text: content, isWhole: true, ownBytes: content.length },
      String(size),
    );
  }
  for (const [size, maxBytes] of [
    [0, 0],
    [0, 10],
    [10, 10],
    [10, content.length - 1],
  ] as const) {
    const text = content.slice(0, maxBytes);
    t.deepEqual(await read(path, size, maxBytes), { text, isWhole: false, ownBytes: maxBytes }, `${size} ${maxBytes}`);
  }
  t.deepEqual(await read(path, 0, content.length), { text: content, isWhole: true, ownBytes: content.length });
});

test('a file in /proc, which reports 0 bytes, is scanned with its content, and so is one in /sys, which reports a page', async (t) => {
  const sys = readdirSync('/sys/kernel/mm/transparent_hugepage', { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `/sys/kernel/mm/transparent_hugepage/${name}`)
    .find((path) => (statSync(path).mode & 0o444) !== 0);
  const reader = createPathObjectReader({ bucket: 'file', roots: [] });
  for (const path of ['/proc/version', ...(sys === undefined ? [] : [sys])]) {
    const info = await reader.head({ key: encodePath(Buffer.from(path)) });
    const { bytes, size } = await reader.read(info, { maxBytes: 100_000 });
    t.is(Buffer.from(bytes).toString(), readFileSync(path, 'utf8'));
    t.is(size, bytes.length);
    t.not(size, info.size);
  }
});

test('a file that reports less than the limit and has more is too large, or scanned in its first part', async (t) => {
  const reader = createPathObjectReader({ bucket: 'file', roots: [] });
  const info = await reader.head({ key: '/proc/version' });
  t.true(hasCode(await t.throwsAsync(reader.read(info, { maxBytes: 10 })), 'ERR_OBJECT_TOO_LARGE'));
  const { bytes, size } = await reader.read(info, { maxBytes: 10, whole: false });
  t.is(Buffer.from(bytes).toString(), readFileSync('/proc/version', 'utf8').slice(0, 10));
  t.true(size > bytes.length);
});
