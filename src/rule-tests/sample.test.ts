import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import test, { type ExecutionContext } from 'ava';
import { readSample, type SamplePlace } from './sample.ts';
import type { SampleSource } from './spec.ts';

async function testsFolder(t: ExecutionContext): Promise<SamplePlace> {
  const root = await mkdtemp(join(tmpdir(), 'rearview-sample-'));
  t.teardown(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'secret'), 'secret');
  const testsDir = join(root, 'rule-tests');
  await mkdir(join(testsDir, 'pe', 'samples'), { recursive: true });
  return { testsDir, testFile: 'pe/a.yar.test.yaml' };
}

async function zip(path: string, options: { password?: string; zipCrypto?: boolean }): Promise<void> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await writer.add('dir/x.txt', new TextReader('x marks the spot'), options);
  await writeFile(path, await writer.close());
}

const bytes = async (sample: SampleSource, place: SamplePlace = { testsDir: '/none', testFile: 'a.yar.test.yaml' }) =>
  Buffer.from(await readSample(sample, place));
const member = (more: { member?: string; password?: string } = {}): SampleSource => {
  return { kind: 'archive', file: 'samples/a.zip', member: 'dir/x.txt', password: undefined, ...more };
};

test('text is UTF-8, or UTF-16 on request', async (t) => {
  t.is((await bytes({ kind: 'text', text: 'é', encoding: 'utf-8' })).toString('hex'), 'c3a9');
  t.is((await bytes({ kind: 'text', text: 'é', encoding: 'utf-16le' })).toString('hex'), 'e900');
});

test('hexadecimal and base64 give their bytes, in their own buffer', async (t) => {
  t.is((await bytes({ kind: 'hex', hex: '4d5A' })).toString(), 'MZ');
  const sample = await readSample({ kind: 'base64', base64: 'TVo=' }, { testsDir: '/', testFile: 'a' });
  t.is(Buffer.from(sample).toString(), 'MZ');
  t.is(sample.buffer.byteLength, 2);
});

test('a file is looked up next to its test file', async (t) => {
  const place = await testsFolder(t);
  await writeFile(join(place.testsDir, 'pe', 'samples', 'x.bin'), 'MZ');
  await writeFile(join(place.testsDir, 'shared.bin'), 'shared');
  t.is((await bytes({ kind: 'file', file: 'samples/x.bin' }, place)).toString(), 'MZ');
  t.is((await bytes({ kind: 'file', file: '../shared.bin' }, place)).toString(), 'shared');
});

test('the error for a missing sample file names it', async (t) => {
  const place = await testsFolder(t);
  await t.throwsAsync(bytes({ kind: 'file', file: 'nope.bin' }, place), { code: 'ERR_CONFIG', message: /nope\.bin/ });
});

test('no path leads out of the tests folder', async (t) => {
  const place = await testsFolder(t);
  await symlink('../../secret', join(place.testsDir, 'pe', 'link'));
  for (const file of ['../../secret', '/etc/passwd', 'samples/../../../secret', 'link']) {
    await t.throwsAsync(bytes({ kind: 'file', file }, place), {
      code: 'ERR_CONFIG',
      message: /outside the tests folder/,
    });
  }
});

for (const [name, options] of [
  ['no encryption', {}],
  ['ZipCrypto', { password: 'infected', zipCrypto: true }],
  ['AES', { password: 'infected' }],
] as const) {
  test(`an archive member is unpacked: ${name}`, async (t) => {
    const place = await testsFolder(t);
    await zip(join(place.testsDir, 'pe/samples/a.zip'), options);
    t.is((await bytes(member({ password: 'infected' }), place)).toString(), 'x marks the spot');
  });
}

for (const zipCrypto of [true, false]) {
  test(`a wrong password, a missing one and a missing member have their own errors: ${zipCrypto ? 'ZipCrypto' : 'AES'}`, async (t) => {
    const place = await testsFolder(t);
    await zip(join(place.testsDir, 'pe/samples/a.zip'), { password: 'infected', zipCrypto });
    const refused = (sample: SampleSource, message: RegExp) =>
      t.throwsAsync(bytes(sample, place), { code: 'ERR_CONFIG', message });
    await refused(member({ password: 'clean' }), /Cannot decrypt/);
    await refused(member(), /is encrypted: add its password/);
    await refused(member({ member: 'y.txt' }), /has no member y\.txt; it has dir\/x\.txt\./);
  });
}

test('members after the requested one are not read', async (t) => {
  const place = await testsFolder(t);
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await writer.add('dir/x.txt', new TextReader('x marks the spot'), {});
  await writer.add('broken.txt', new TextReader('x'), {});
  const archive = Buffer.from(await writer.close());
  archive.write('XX', archive.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')));
  await writeFile(join(place.testsDir, 'pe/samples/a.zip'), archive);
  t.is((await bytes(member(), place)).toString(), 'x marks the spot');
  await t.throwsAsync(bytes(member({ member: 'broken.txt' }), place), { code: 'ERR_CONFIG' });
});

test('a file that is not an archive has its own error', async (t) => {
  const place = await testsFolder(t);
  await writeFile(join(place.testsDir, 'pe/samples/a.zip'), 'no archive');
  await t.throwsAsync(bytes(member({ password: 'x' }), place), {
    code: 'ERR_CONFIG',
    message: /Cannot read .* as a zip/,
  });
});
