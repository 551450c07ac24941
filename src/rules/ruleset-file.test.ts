import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../domain/errors.ts';
import type { Ruleset } from '../domain/ruleset.ts';
import { buildRuleset } from './ruleset.ts';
import { decodeRuleset, encodeRuleset } from './ruleset-file.ts';

const source = 'rule a : t { meta: x = "é\\n" y = true z = -1 condition: true } private rule b { condition: a }';
const plain: Ruleset = {
  ...buildRuleset([{ namespace: 'ü/a.yar', source }], { name: 'yara-x', version: '1.20.0' }),
  image: null,
};
const ruleset: Ruleset = {
  ...plain,
  image: {
    engineSha256: 'e'.repeat(64),
    baseSha256: 'b'.repeat(64),
    memoryBytes: 131_072,
    references: 132,
    rulesAddress: 4096,
    externals: ['filename'],
    memory: Uint8Array.from({ length: 500 }, (_, index) => (index * 7) % 251),
  },
};

const unusable = { code: 'ERR_RULESET_UNUSABLE' };

test('what was encoded is decoded, with an image and without', (t) => {
  t.deepEqual(decodeRuleset(encodeRuleset(ruleset)), ruleset);
  t.deepEqual(decodeRuleset(encodeRuleset(plain)), plain);
});

test('equal rulesets give equal bytes, whatever the order of their fields', (t) => {
  const turned = Object.fromEntries(Object.entries(ruleset).toReversed());
  t.deepEqual(encodeRuleset({ ...turned, ...ruleset }), encodeRuleset(ruleset));
});

test('no change of a byte, and no cut, goes unnoticed, and one within the image costs the image alone', (t) => {
  const bytes = encodeRuleset(ruleset);
  const imageAt = bytes.length - (ruleset.image?.memory.length ?? 0);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const flipped = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ flip : byte));
      for (const [damaged, problem] of [
        [flipped, /altered/],
        [bytes.subarray(0, at), /cut short/],
      ] as const) {
        const problems: string[] = [];
        try {
          const decoded = decodeRuleset(damaged, (why) => problems.push(why));
          t.true(at >= imageAt, `a damaged byte ${at} is not in the image`);
          t.deepEqual(decoded, plain);
          t.regex(problems.join(), problem);
        } catch (error) {
          t.true(hasCode(error, 'ERR_RULESET_UNUSABLE'), String(error));
          t.true(at < imageAt);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a later format is refused with the advice to update', (t) => {
  const bytes = encodeRuleset(plain);
  bytes[8] = 3;
  t.throws(() => decodeRuleset(bytes), { ...unusable, message: /format 3.*update/ });
});

test('content that does not have its id is refused', (t) => {
  const other = encodeRuleset({ ...plain, id: 'f'.repeat(64) });
  t.throws(() => decodeRuleset(other).sources, { ...unusable, message: /calls itself/ });
});

test('a ruleset of the former format is read, without an image', (t) => {
  const { image: _, ...content } = plain;
  t.deepEqual(decodeRuleset(gzipSync(JSON.stringify({ format: 1, ...content }))), plain);
  t.throws(() => decodeRuleset(gzipSync('{"format":1}')), { ...unusable, message: /sources/ });
  t.throws(() => decodeRuleset(gzipSync('not JSON')), unusable);
});

test('other content is refused, with what is wrong with it', (t) => {
  t.throws(() => decodeRuleset(new Uint8Array()), unusable);
  t.throws(() => decodeRuleset(Buffer.from('REARVIEW')), { ...unusable, message: /cut short/ });
  t.throws(() => decodeRuleset(withHeader('{}')), { ...unusable, message: /id/ });
  t.throws(() => decodeRuleset(withHeader('no JSON')), unusable);
});

/** A file whose header has the right hash and the wrong content. */
function withHeader(header: string): Uint8Array {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(2, 0);
  numbers.writeUInt32LE(header.length, 4);
  return Buffer.concat([
    Buffer.from('REARVIEW'),
    numbers,
    createHash('sha256').update(header).digest(),
    Buffer.from(header),
  ]);
}
