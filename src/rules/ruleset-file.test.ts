import { gunzipSync, gzipSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../domain/errors.ts';
import { buildRuleset } from './ruleset.ts';
import { decodeRuleset, encodeRuleset } from './ruleset-file.ts';

const source = 'rule a : t { meta: x = "é\\n" y = true z = -1 condition: true } private rule b { condition: a }';
const ruleset = buildRuleset([{ namespace: 'ü/a.yar', source }], { name: 'yara-x', version: '1.20.0' });
const json = gunzipSync(encodeRuleset(ruleset)).toString();

const unusable = { code: 'ERR_RULESET_UNUSABLE' };

test('what was encoded is decoded', (t) => {
  t.deepEqual(decodeRuleset(encodeRuleset(ruleset)), ruleset);
});

test('equal rulesets give equal bytes, whatever the order of their fields', (t) => {
  const turned = { ...Object.fromEntries(Object.entries(ruleset).toReversed()), ...{ format: 1 as const } };
  t.deepEqual(encodeRuleset({ ...turned, ...ruleset }), encodeRuleset(ruleset));
});

test('no change of a byte, and no cut, goes unnoticed or throws anything else', (t) => {
  const bytes = encodeRuleset(ruleset);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ flip : byte));
      for (const each of [damaged, bytes.subarray(0, at)]) {
        try {
          t.deepEqual(
            decodeRuleset(each),
            ruleset,
            'only fields of the gzip header that say nothing of the content may change',
          );
        } catch (error) {
          t.true(hasCode(error, 'ERR_RULESET_UNUSABLE'), String(error));
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a later format is refused with the advice to update', (t) => {
  t.throws(() => decodeRuleset(gzipSync(json.replace('"format":1', '"format":2'))), {
    ...unusable,
    message: /format 2.*update/,
  });
});

test('content that does not have its id is refused', (t) => {
  t.throws(() => decodeRuleset(gzipSync(json.replace('rule b', 'rule c'))), { ...unusable, message: /calls itself/ });
});

test('other content is refused, with what is wrong with it', (t) => {
  t.throws(() => decodeRuleset(new Uint8Array()), unusable);
  t.throws(() => decodeRuleset(gzipSync('null')), unusable);
  t.throws(() => decodeRuleset(gzipSync('{"format":1}')), { ...unusable, message: /sources/ });
  t.throws(() => decodeRuleset(gzipSync('not JSON')), unusable);
});
