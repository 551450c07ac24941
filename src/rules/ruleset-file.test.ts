import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../domain/errors.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import { decodeRuleset } from '../testing/rules/decode-ruleset.ts';
import { keyIdOf, type RulesetSignature, trustKeys } from './file/ruleset-signature.ts';
import { buildRuleset } from './ruleset.ts';
import { encodeRuleset, loadRuleset, packRuleset } from './ruleset-file.ts';

const source = 'rule a : t { meta: x = "é\\n" y = true z = -1 condition: true } private rule b { condition: a }';
const plain: Ruleset = {
  ...buildRuleset([{ namespace: 'ü/a.yar', source }], { name: 'yara-x', version: '1.20.0' }),
  image: null,
};
const ruleset: Ruleset = {
  ...plain,
  image: {
    engineSha256: 'e'.repeat(64),
    memoryBytes: 131_072,
    rulesAddress: 4096,
    externals: ['filename'],
    memory: Uint8Array.from({ length: 500 }, (_, index) => (index * 7) % 251),
  },
};

const unusable = { code: 'ERR_RULESET_UNUSABLE' };
const [ours, theirs] = [makeKey(), makeKey()];
const { trusted } = ours;
const signed = (content: Ruleset, { signatureOf } = ours) => {
  const { message, seal } = packRuleset(content);
  return seal([signatureOf(message)]);
};
/** A variant that matches nothing. */
const forged: Ruleset = { ...ruleset, rules: plain.rules.slice(0, 1).map((rule) => ({ ...rule, private: true })) };

function makeKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const signatureOf = (message: Uint8Array): RulesetSignature => ({
    keyId: keyIdOf(spki),
    signature: sign('sha256', message, privateKey),
  });
  return { trusted: trustKeys([spki]), signatureOf };
}

test('a file signed with a trusted key is used unchanged, with an image and without', (t) => {
  for (const content of [ruleset, plain]) {
    const loaded = loadRuleset(signed(content), { trusted });
    t.deepEqual(loaded.ruleset, content);
    t.is(loaded.distrust, null);
    t.is(loaded.imageDamage, null);
  }
});

test('only the sources of an unsigned file are used', (t) => {
  const unsigned = loadRuleset(encodeRuleset(ruleset), { trusted });
  t.deepEqual(unsigned.ruleset, plain);
  t.deepEqual(unsigned.distrust, { kind: 'unsigned', why: 'it is not signed', dropped: ['image'] });
  const withoutImage = loadRuleset(encodeRuleset(plain), { trusted });
  t.deepEqual(withoutImage.ruleset, plain);
  t.deepEqual(withoutImage.distrust?.dropped, []);
});

test('a forged manifest is derived again from the sources', (t) => {
  const loaded = loadRuleset(encodeRuleset(forged), { trusted });
  t.deepEqual(loaded.ruleset, plain);
  t.deepEqual(loaded.distrust?.dropped, ['image', 'manifest']);
  t.deepEqual(loadRuleset(encodeRuleset({ ...plain, rules: [] }), { trusted }).ruleset, plain);
});

test('the signature of another key is not trusted, whatever id it has', (t) => {
  const other = loadRuleset(signed(forged, theirs), { trusted });
  t.deepEqual(other.ruleset, plain);
  t.regex(other.distrust?.why ?? '', /signed with the key [0-9a-f]{12}, which is not trusted/);
  const { message, seal } = packRuleset(forged);
  const { keyId } = ours.signatureOf(message);
  const posing = loadRuleset(seal([{ ...theirs.signatureOf(message), keyId }]), { trusted });
  t.deepEqual(posing.ruleset, plain);
  t.regex(posing.distrust?.why ?? '', /does not match/);
  t.deepEqual(loadRuleset(signed(ruleset)).ruleset, plain, 'without trusted keys none counts');
});

test('one signature of a trusted key is enough', (t) => {
  const { message, seal } = packRuleset(ruleset);
  const both = seal([theirs, ours].map(({ signatureOf }) => signatureOf(message)));
  t.deepEqual(loadRuleset(both, { trusted }).ruleset, ruleset);
});

test('a signature over only the bytes of a header, which another program could make, is not valid', (t) => {
  const { message, seal } = packRuleset(forged);
  const header = message.subarray(message.indexOf('{'.charCodeAt(0)));
  t.deepEqual(decodeRuleset(seal([ours.signatureOf(header)]), { trusted }), plain);
});

test('the signature of one ruleset is not valid for another', (t) => {
  const { message } = packRuleset(ruleset);
  t.deepEqual(decodeRuleset(encodeRuleset(forged, [ours.signatureOf(message)]), { trusted }), plain);
});

test('the image of an unsigned file is used if the caller allows it; the manifest is not', (t) => {
  const loaded = loadRuleset(encodeRuleset(forged), { trusted, trustImage: true });
  t.deepEqual(loaded.ruleset, ruleset);
  t.deepEqual(loaded.distrust?.dropped, ['manifest']);
});

test('a signed file is not used unchanged if it is not the requested one', (t) => {
  const [bytes, again] = [signed(ruleset), signed(ruleset)];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  t.is(loadRuleset(bytes, { trusted, sha256 }).distrust, null);
  const loaded = loadRuleset(again, { trusted, sha256 });
  t.is(loaded.distrust?.kind, 'replaced');
  t.deepEqual(loaded.ruleset, plain);
  t.is(loadRuleset(encodeRuleset(plain), { trusted, sha256: null }).distrust?.kind, 'unsigned');
});

test('equal rulesets give equal bytes except for the signature, whatever the order of their fields', (t) => {
  const turned = Object.fromEntries(Object.entries(ruleset).toReversed());
  t.deepEqual(encodeRuleset({ ...turned, ...ruleset }), encodeRuleset(ruleset));
  t.deepEqual(packRuleset({ ...turned, ...ruleset }).message, packRuleset(ruleset).message);
});

test('a signed file with any changed byte, or truncated anywhere, is not trusted', (t) => {
  const bytes = signed(ruleset);
  const imageAt = bytes.length - (ruleset.image?.memory.length ?? 0);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const flipped = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ flip : byte));
      for (const damaged of [flipped, bytes.subarray(0, at)]) {
        try {
          const loaded = loadRuleset(damaged, { trusted });
          const { image, ...rest } = loaded.ruleset;
          t.deepEqual({ ...rest, image: null }, plain);
          // A flip may leave the file valid: in bits that base64 does not use, or in JSON with the
          // same meaning.
          if (loaded.distrust === null && loaded.imageDamage === null) t.deepEqual(image, ruleset.image);
          else t.is(image, null);
          if (at >= imageAt) t.regex(loaded.imageDamage ?? '', damaged === flipped ? /altered/ : /truncated/);
        } catch (error) {
          t.true(hasCode(error, 'ERR_RULESET_UNUSABLE'), String(error));
          t.true(at < imageAt);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('damage to the image of an unsigned file is also reported', (t) => {
  const bytes = encodeRuleset(ruleset);
  const loaded = loadRuleset(bytes.subarray(0, -1), { trusted });
  t.regex(loaded.imageDamage ?? '', /truncated/);
  t.deepEqual(loaded.distrust?.dropped, []);
});

test('a file with unreadable signatures counts as unsigned', (t) => {
  const bytes = signed(ruleset);
  const at = Buffer.from(bytes).indexOf('"keyId"');
  const broken = Uint8Array.from(bytes, (byte, index) => (index === at ? 0x20 : byte));
  const loaded = loadRuleset(broken, { trusted });
  t.deepEqual(loaded.ruleset, plain);
  t.is(loaded.distrust?.why, 'its signature is damaged');
});

test('another format is refused with the advice to update', (t) => {
  const bytes = encodeRuleset(plain);
  bytes[8] = 2;
  t.throws(() => decodeRuleset(bytes), { ...unusable, message: /format is 2.*update/ });
});

test('content that does not match its id is refused, signed or not', (t) => {
  const other = { ...plain, id: 'f'.repeat(64) };
  t.throws(() => decodeRuleset(encodeRuleset(other)), { ...unusable, message: /but its content has the id/ });
  t.throws(() => decodeRuleset(signed(other), { trusted }).sources, {
    ...unusable,
    message: /but its content has the id/,
  });
});

test('other content is refused, with the reason', (t) => {
  t.throws(() => decodeRuleset(new Uint8Array()), unusable);
  t.throws(() => decodeRuleset(Buffer.from('REARVIEW')), { ...unusable, message: /truncated/ });
  t.throws(() => decodeRuleset(withHeader('{}')), { ...unusable, message: /id/ });
  t.throws(() => decodeRuleset(withHeader('no JSON')), unusable);
});

/** A file whose header has the right hash and the wrong content. */
function withHeader(header: string): Uint8Array {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32LE(1, 0);
  numbers.writeUInt32LE(header.length, 4);
  return Buffer.concat([
    Buffer.from('REARVIEW'),
    numbers,
    createHash('sha256').update(header).digest(),
    Buffer.alloc(4),
    Buffer.from(header),
  ]);
}
