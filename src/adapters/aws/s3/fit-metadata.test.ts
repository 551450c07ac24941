import test from 'ava';
import fc from 'fast-check';
import { fitMetadata } from './fit-metadata.ts';
import { decodeMetadata, encodeMetadata } from './s3-metadata.ts';

const others = {
  host: 'web-1',
  collector: 'rearview/0.1.0',
  mtime: '2026-11-30T14:39:07.000Z',
  sha256: 'ab'.repeat(32),
};
const sizeOf = (metadata: Readonly<Record<string, string>>) =>
  Object.entries(metadata).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);

test('metadata within the limit are sent as before', (t) => {
  const metadata = { ...others, filepath: `/srv/${'数'.repeat(100)}/a.exe` };
  t.deepEqual(fitMetadata(metadata), encodeMetadata(metadata));
});

test('a long path that is not ASCII is sent whole where base64 is short enough', (t) => {
  const metadata = { ...others, filepath: `/srv/${'数'.repeat(400)}/a.exe` };
  t.true(sizeOf(encodeMetadata(metadata)) > 2048);
  t.true(sizeOf(fitMetadata(metadata)) <= 2048);
  t.deepEqual(decodeMetadata(fitMetadata(metadata)), metadata);
});

test('of a longer path the middle is left out, and a digest identifies it', (t) => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 60, maxLength: 120 }), (names) => {
      const filepath = `/srv/${names.join('/')}/invoice.pdf.exe`;
      const sent = fitMetadata({ ...others, filepath });
      t.true(sizeOf(sent) <= 2048);
      const { filepath: short = '', 'filepath-sha256': digest, ...rest } = decodeMetadata(sent);
      t.deepEqual(rest, others);
      if (short === filepath) {
        t.is(digest, undefined);
        return;
      }
      t.true(short.startsWith('/srv/') && short.endsWith('/invoice.pdf.exe'));
      t.true(sizeOf(sent) > 1600, 'no more is left out than has to be');
      t.regex(digest ?? '', /^[0-9a-f]{64}$/);
    }),
    { numRuns: 50 },
  );
});

test('other metadata that are too large are left for S3 to refuse', (t) => {
  const metadata = { ...others, note: 'x'.repeat(3000), filepath: '/a' };
  t.deepEqual(decodeMetadata(fitMetadata(metadata)), metadata);
});
