import { readFileSync } from 'node:fs';
import test from 'ava';
import { readArchiveError } from './read-error.ts';
import type { ArchiveHandler } from './seven-zip.ts';
import { startSevenZip } from './seven-zip.ts';

const bytesOf = (file: string) => readFileSync(new URL(`../../testing/specimens/files/${file}`, import.meta.url));
const archive = bytesOf('members.7z');

/** Collects the names of members. */
function collect(changed: Partial<ArchiveHandler> = {}) {
  const names: string[] = [];
  const handler: ArchiveHandler = {
    open: () => undefined,
    grow: () => true,
    close: (name, bytes) => names.push(`${name} ${bytes.length}`),
    folder: () => undefined,
    tick: () => undefined,
    line: () => undefined,
    ...changed,
  };
  return { names, handler };
}

test('an instance opens the last archive of many as it opened the first, whatever was between', async (t) => {
  const sevenZip = await startSevenZip({ left: 2 ** 28 });
  const locked = bytesOf('unknown-password.zip');
  for (let run = 0; run < 600; run += 1) {
    sevenZip.extract(
      run % 2 === 0 ? locked : archive.subarray(0, 100),
      run % 2 === 0 ? 'zip' : '7z',
      '',
      collect().handler,
    );
  }
  const { names, handler } = collect();
  sevenZip.extract(archive, '7z', '', handler);
  t.deepEqual(names, ['a.txt 1391', 'd/b.txt 1391']);
  t.false(sevenZip.dead);
});

test('a failure of the archive or of the handler costs no later archive', async (t) => {
  const sevenZip = await startSevenZip({ left: 2 ** 28 });
  const stop = new Error('enough');
  const fail = () => {
    throw stop;
  };
  t.is(
    t.throws(() => sevenZip.extract(archive, '7z', '', collect({ grow: fail }).handler)),
    stop,
  );
  t.throws(() => sevenZip.extract(bytesOf('unknown-password.7z'), '7z', 'wrong', collect().handler), { any: true });
  const { names, handler } = collect();
  sevenZip.extract(archive, '7z', '', handler);
  t.is(names.length, 2);
});

test('what a handler throws ends the call, wherever 7-Zip calls it, and it is not called again', async (t) => {
  const damaged = Buffer.from(bytesOf('info-zip.zip'));
  damaged[60] = (damaged[60] ?? 0) ^ 0xff;
  const sevenZip = await startSevenZip({ left: 2 ** 28 });
  for (const name of ['open', 'grow', 'close', 'tick', 'line'] as const) {
    let calls = 0;
    const stop = new Error(name);
    const { handler } = collect({
      [name]: () => {
        calls += 1;
        throw stop;
      },
    });
    t.is(
      t.throws(() => sevenZip.extract(damaged, 'zip', '', handler)),
      stop,
      name,
    );
    t.is(calls, 1, name);
  }
});

test('the exit code of the process stays as it is', async (t) => {
  const before = process.exitCode;
  const sevenZip = await startSevenZip({ left: 2 ** 28 });
  sevenZip.extract(archive.subarray(0, 100), '7z', '', collect().handler);
  t.is(process.exitCode, before);
});

test('what it prints of an archive is no error, whatever the archive calls itself', async (t) => {
  const lines: string[] = [];
  const sevenZip = await startSevenZip({ left: 2 ** 28 });
  sevenZip.extract(bytesOf('members.wim'), 'wim', '', collect({ line: (line) => lines.push(line) }).handler);
  t.deepEqual(
    lines.filter((line) => readArchiveError(line) !== null),
    [],
  );
});

test('an instance without a budget has no memory for a large dictionary, and gives back what it took', async (t) => {
  const lzma = Buffer.concat([Buffer.from('5d00000008ffffffffffffffff', 'hex'), Buffer.alloc(64)]);
  const budget = { left: 2 ** 26 };
  const lines: string[] = [];
  const sevenZip = await startSevenZip(budget);
  sevenZip.extract(lzma, 'lzma', '', collect({ line: (line) => lines.push(line) }).handler);
  t.regex(lines.join('\n'), /memory/);
  const large = { left: 2 ** 28 };
  const other = await startSevenZip(large);
  other.extract(lzma, 'lzma', '', collect().handler);
  t.true(other.dead);
  t.is(large.left, 2 ** 28);
});
