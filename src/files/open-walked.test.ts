import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { hasCode } from '../domain/errors.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { listWalked, openWalked } from './open-walked.ts';
import { leadsToByDescriptors, leadsToByNames } from './same-file.ts';

/** A tree with `a/b/file`, and another user's secret next to it under the same names. */
function plant(t: ExecutionContext) {
  const dir = tempFolder(t);
  for (const [root, text] of [
    ['tree', 'public'],
    ['private', 'secret'],
  ] as const) {
    mkdirSync(join(dir, root, 'a/b'), { recursive: true });
    writeFileSync(join(dir, root, 'a/b/file'), text);
  }
  const at = (...names: string[]) => join(dir, ...names);
  return {
    at,
    location: (...names: string[]) => Buffer.from(at(...names)),
    /** Replaces something in the tree with a link to its private counterpart. */
    swap(name: string) {
      renameSync(at('tree', name), at('before'));
      symlinkSync(at('private', name), at('tree', name));
    },
  };
}

const isSwap = (error: unknown) => hasCode(error, 'ERR_OBJECT_CHANGED') && error.retryable;

test('a walked file is opened', async (t) => {
  const { location } = plant(t);
  const handle = await openWalked(location('tree/a/b/file'));
  t.is(await handle.readFile('utf8'), 'public');
  await handle.close();
});

for (const name of ['a', 'a/b']) {
  test(`nothing is opened below a folder that was replaced by a link: ${name}`, async (t) => {
    const { location, swap } = plant(t);
    swap(name);
    const error = await t.throwsAsync(openWalked(location('tree/a/b/file')));
    t.true(isSwap(error), String(error));
    t.regex(error?.message ?? '', /tree\/a\/b\/file was not read: it was replaced/);
    const listing = await t.throwsAsync(listWalked(location('tree/a/b')));
    t.true(isSwap(listing), String(listing));
  });
}

test('a link inside the tree does not lead to a file either', async (t) => {
  const { at, location } = plant(t);
  renameSync(at('tree/a'), at('tree/c'));
  symlinkSync('c', at('tree/a'));
  t.true(isSwap(await t.throwsAsync(openWalked(location('tree/a/b/file')))));
});

test('a link or a FIFO in the place of a file is refused without waiting', async (t) => {
  const { at, location, swap } = plant(t);
  swap('a/b/file');
  t.is((await t.throwsAsync(openWalked(location('tree/a/b/file'))))?.message.slice(0, 5), 'ELOOP');
  execFileSync('mkfifo', [at('fifo')]);
  const handle = await openWalked(location('fifo'));
  t.true((await handle.stat()).isFIFO());
  await handle.close();
});

test('a folder is listed by its open descriptor', async (t) => {
  const { location } = plant(t);
  t.deepEqual(
    (await listWalked(location('tree/a'))).map((entry) => [entry.name.toString(), entry.isDirectory()]),
    [['b', true]],
  );
  t.regex((await t.throwsAsync(listWalked(location('tree/none'))))?.message ?? '', /ENOENT/);
  t.regex((await t.throwsAsync(listWalked(location('tree/a/b/file'))))?.message ?? '', /ENOTDIR/);
});

for (const [how, leadsTo] of [
  [
    'descriptors',
    async (location: Buffer, handle: Awaited<ReturnType<typeof open>>) => leadsToByDescriptors(location, handle),
  ],
  [
    'names',
    async (location: Buffer, handle: Awaited<ReturnType<typeof open>>) =>
      leadsToByNames(location, await handle.stat({ bigint: true })),
  ],
] as const) {
  test(`a path that the kernel spells differently is followed by ${how}`, async (t) => {
    const { at, location, swap } = plant(t);
    const file = location('tree/a/b/file');
    const open1 = await open(at('tree/a/b/file'));
    t.true(await leadsTo(file, open1));
    swap('a/b');
    t.false(await leadsTo(file, open1));
    const open2 = await open(file);
    t.is(await readFile(open2, 'utf8'), 'secret');
    t.false(await leadsTo(file, open2), 'a link in the middle');
    const link = await open(at('private/a/b/file'));
    symlinkSync(at('private/a/b/file'), at('tree/link'));
    t.false(await leadsTo(location('tree/link'), link), 'a link at the end');
    t.false(await leadsTo(location('tree/none'), link));
    for (const each of [open1, open2, link]) await each.close();
  });
}
