import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import test from 'ava';
import { externalsOf } from '../domain/rulesets/externals.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import { openEngineRules, testOrigin } from '../testing/rules/engine-rules.ts';
import { loadSources } from './load-sources.ts';
import { loadImage } from './loaded-ruleset.ts';
import { usedExternals } from './variable-slots.ts';

const from = (source: string) => [{ namespace: 'a.yar', source }];
const sources = from('rule a { strings: $a = "abc" condition: $a and filename == "x.txt" }');
const externals = externalsOf('/srv/x.txt');
const payload = Buffer.from('..abc');
const imageOf = (given = sources): RulesetImage => {
  const { image } = openEngineRules(given);
  if (image === null) throw new Error('No image was made.');
  return image;
};

test('an image loads into other engines any number of times, and scans without the sources', (t) => {
  const image = imageOf();
  const [first, second] = [loadImage(image, testOrigin), loadImage(structuredClone(image), testOrigin)];
  for (const loaded of [first, second, first]) {
    t.deepEqual(
      loaded.scan(payload, externals).map(({ rule, strings }) => [rule, strings[0]?.offset]),
      [['a', 2]],
    );
    t.deepEqual(loaded.scan(payload, externalsOf('/y')), []);
  }
});

test('the same sources give the same image, byte for byte', (t) => {
  t.deepEqual(imageOf(), imageOf());
});

test('several images exist side by side, and one that dies does not affect the others', (t) => {
  const trapping = loadImage(
    imageOf(from(String.raw`rule t { condition: (0 - 9223372036854775807 - 1) \ (filesize - 7) == 1 }`)),
    testOrigin,
  );
  const others = [1, 2, 3].map((index) =>
    loadImage(imageOf(from(`rule r${index} { strings: $a = "abc" condition: #a == ${index} }`)), testOrigin),
  );
  t.throws(() => trapping.scan(Buffer.from('sixsix'), externals), { instanceOf: WebAssembly.RuntimeError });
  t.throws(() => trapping.scan(payload, externals), { code: 'ERR_STATE' });
  t.deepEqual(
    others.map((loaded) => loaded.scan(Buffer.from('abc abc'), externals).map(({ rule }) => rule)),
    [[], ['r2'], []],
  );
});

test('an image of another engine, or a damaged one, is refused with the reason', (t) => {
  const image = imageOf();
  const refusal = (changed: Partial<RulesetImage>) =>
    t.throws(() => loadImage({ ...image, ...changed }, testOrigin))?.message;
  t.regex(refusal({ engineSha256: 'f'.repeat(64) }) ?? '', /another engine module \(ffffffffffff\)/);
  t.regex(refusal({ memoryBytes: 70_000 }) ?? '', /impossible size/);
  t.regex(refusal({ memoryBytes: image.memoryBytes + 1 }) ?? '', /impossible size/);
  t.regex(refusal({ memory: image.memory.subarray(0, 100) }) ?? '', /damaged/);
  const memory = zstdDecompressSync(image.memory);
  const refusalOfFirst = (bytes: number) =>
    refusal({ memory: new Uint8Array(zstdCompressSync(memory.subarray(0, bytes))) }) ?? '';
  t.regex(refusalOfFirst(memory.length - 1), /truncated/);
  t.regex(refusalOfFirst(memory.length - 4), /outside of the memory/);
  for (const bytes of [0, 3, 4, 10, 12]) t.regex(refusalOfFirst(bytes), /truncated/);
  const odd = Buffer.from(memory);
  odd.writeUInt32LE(odd.readUInt32LE(4) + 1, 4);
  t.regex(refusal({ memory: new Uint8Array(zstdCompressSync(odd)) }) ?? '', /parts of words/);
  const smaller = { memoryBytes: 256 * 65_536, rulesAddress: 8 };
  t.regex(refusal(smaller) ?? '', /outside of the memory/);
});

test('an engine that grew with a large file is restarted from its image', (t) => {
  const loaded = openEngineRules(from('rule big { strings: $a = "needle" condition: $a }'));
  const before = loaded.memoryBytes();
  const large = Buffer.alloc(100 * 1024 * 1024);
  large.write('needle', large.length - 6);
  t.is(loaded.scan(large, externals).length, 1);
  t.is(loaded.memoryBytes(), before);
  t.is(loaded.scan(Buffer.from('needle'), externals).length, 1);
});

test('only the variables that rules use are set', (t) => {
  t.deepEqual(usedExternals(from('rule a { condition: extension == ".exe" and filepath contains "x" } // filename')), [
    'filepath',
    'extension',
  ]);
  t.deepEqual(imageOf().externals, ['filename']);
});

test('rules with warnings scan, and errors have the positions of the sources', (t) => {
  const slow = from('rule a { strings: $a = { 00 [1-10] 01 } condition: $a and true }\nrule b { condition: 1 }');
  t.is(loadSources(slow, testOrigin).scan(Buffer.from([0, 1, 1, 1]), externals).length, 2);
  const error = t.throws(() =>
    loadSources(from('rule a { condition: true }\n\nrule b { condition: nope }'), testOrigin),
  );
  t.regex(error?.message ?? '', /a\.yar:3:21/);
});
