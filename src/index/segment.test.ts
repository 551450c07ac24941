import { hash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { gramsOf, mayMatch } from '../rules/requirement/evaluate.ts';
import { factsOf } from '../rules/requirement/facts-of.ts';
import { createRequirementReader } from '../rules/requirement/read-requirement.ts';
import { parseSource } from '../rules/syntax/parse.ts';
import { createContentCollector } from './content-collector.ts';
import type { IndexedObject } from './indexed-object.ts';
import { querySegment } from './query-segment.ts';
import { readObjects } from './read-objects.ts';
import { blockBytes, decodeEnd, encodeSegment, segmentForm } from './segment.ts';
import { openSegment } from './segment-reader.ts';

const source = `import "hash"
rule text { strings: $a = "needle" condition: $a }
rule folded { strings: $a = "needle" nocase wide ascii condition: $a }
rule both { strings: $a = "needle" $b = "haystack" condition: all of them }
rule two { strings: $a = "needle" $b = "haystack" $c = { 00 01 ?? 02 03 04 05 } condition: 2 of them }
rule some { strings: $a = /nee(dle|d)s?/ $b = "haystack" xor condition: any of them }
rule small { condition: filesize < 100 and uint8(0) == 0x61 }
rule short { strings: $a = "nee" condition: $a }
rule never { condition: false }
rule exact { condition: hash.md5(0, filesize) == "900150983cd24fb0d6963f7d28e17f72" }`;
const { rules } = parseSource(source);
const read = createRequirementReader(rules);
const requirements = rules.map(({ name }) => read(name));

const word = fc.constantFrom(
  'needle',
  'NEEDLE',
  'needs',
  'haystack',
  'abc',
  'n\0e\0e\0d\0l\0e\0',
  '\0\x01x\x02\x03\x04\x05',
  'zzzz',
);
const content = fc
  .array(fc.oneof(word, fc.string({ maxLength: 30 })), { maxLength: 8 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));
/** The contents of each object: itself, and its members. */
const corpus = fc.array(fc.array(content, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 });

function indexed(contents: readonly Uint8Array[], index: number): IndexedObject {
  const collector = createContentCollector();
  for (const [index, each] of contents.entries()) {
    if (index === 0) collector.add(each);
    else collector.addMember(each, hash('sha256', each));
  }
  return {
    bucket: 'corpus',
    key: `${index}`,
    version: '1',
    size: contents[0]?.length ?? 0,
    contents: collector.result(),
  };
}

function open(segment: ReturnType<typeof encodeSegment>, bytes = segment.bytes) {
  return openSegment({ ...segment, objects: 2, size: bytes.length }, async (start, length) =>
    bytes.subarray(start, start + length),
  );
}

test('a segment excludes no object that has what a rule requires, itself or in a member', async (t) => {
  let excluded = 0;
  await fc.assert(
    fc.asyncProperty(corpus, async (objects) => {
      const segment = await open(encodeSegment(objects.map(indexed)));
      const found = await querySegment(segment, requirements);
      for (const [position, requirement] of requirements.entries()) {
        for (const [index, contents] of objects.entries()) {
          const isCandidate = found[position]?.[index] === 1;
          if (!isCandidate) excluded += 1;
          const may = contents.some((each) => {
            const grams = gramsOf(each);
            return mayMatch(requirement, { facts: factsOf(each), hasGram: (gram) => grams.has(gram) });
          });
          if (may && !isCandidate) t.fail(`${rules[position]?.name} excludes ${index}`);
        }
      }
    }),
    { numRuns: 25 },
  );
  t.true(excluded > 300, `${excluded} excluded`);
});

test('the objects of a segment are read as they were written', async (t) => {
  await fc.assert(
    fc.asyncProperty(corpus, async (objects) => {
      const written = objects.map(indexed);
      const sorted = (all: readonly IndexedObject[]) =>
        all.map((each) => ({
          ...each,
          contents: each.contents
            .map(({ facts, filter }) => JSON.stringify([facts, filter.size, [...filter.bits]]))
            .sort(),
        }));
      t.deepEqual(sorted(await readObjects(await open(encodeSegment(written)))), sorted(written));
    }),
    { numRuns: 15 },
  );
});

test('a segment tells objects apart', async (t) => {
  const objects = [
    'needle',
    'haystack',
    'NEEDLE',
    'needle haystack',
    'abc',
    ...Array.from({ length: 20 }, (_, index) => `other ${index} text`),
  ];
  const segment = await open(encodeSegment(objects.map((each, index) => indexed([Buffer.from(each)], index))));
  const found = await querySegment(segment, requirements);
  const candidates = (name: string) =>
    objects.filter((_, index) => found[rules.findIndex((rule) => rule.name === name)]?.[index] === 1);
  t.deepEqual(candidates('text'), ['needle', 'needle haystack']);
  t.deepEqual(candidates('folded'), ['needle', 'NEEDLE', 'needle haystack']);
  t.deepEqual(candidates('both'), ['needle haystack']);
  t.deepEqual(candidates('exact'), ['abc']);
  t.deepEqual(candidates('small'), ['abc']);
  t.deepEqual(candidates('never'), []);
  t.is(candidates('short').length, objects.length);
});

test('whatever byte of a segment is damaged, it excludes nothing wrongly: it fails', async (t) => {
  const segment = encodeSegment([
    indexed([Buffer.from('needle in a haystack')], 0),
    indexed([Buffer.alloc(3000, 'x')], 1),
  ]);
  for (const at of [0, 7, segment.endOffset - 1, segment.endOffset, segment.bytes.length - 1]) {
    const bytes = Uint8Array.from(segment.bytes);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    await t.throwsAsync(
      async () => {
        const opened = await open(segment, bytes);
        await opened.verify();
      },
      { message: /damaged/ },
    );
  }
  t.true(segment.endOffset < blockBytes);
  const bytes = Uint8Array.from(segment.bytes);
  bytes.fill(0, 0, 100);
  const opened = await open(segment, bytes);
  await t.throwsAsync(querySegment(opened, requirements), { message: 'block 0 is damaged' });
  const { name, endOffset } = segment;
  const { sections } = decodeEnd(name, segment.bytes.subarray(endOffset));
  for (const [section, { offset }] of Object.entries(sections)) {
    const damaged = Uint8Array.from(segment.bytes);
    damaged[offset + 5] = (damaged[offset + 5] ?? 0) ^ 1;
    const reader = await open(segment, damaged);
    const reading = section === 'objects' ? reader.objects() : querySegment(reader, requirements);
    await t.throwsAsync(reading, { message: `its ${section} are damaged` });
  }
});

test('a segment of another form is refused', async (t) => {
  const segment = encodeSegment([indexed([Buffer.from('needle')], 0)]);
  const end = segment.bytes.subarray(segment.endOffset);
  const text = zstdDecompressSync(end).toString().replace(segmentForm, 'rearview.index/2');
  const earlier = zstdCompressSync(text);
  t.notThrows(() => decodeEnd(segment.name, end));
  t.throws(() => decodeEnd(hash('sha256', earlier), earlier), { message: 'another version wrote it' });
});
