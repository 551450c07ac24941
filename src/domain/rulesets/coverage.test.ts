import test from 'ava';
import fc from 'fast-check';
import type { Inside } from '../inside/inside.ts';
import { defaultUnpackLimits, type UnpackLimits } from '../inside/limits.ts';
import type { ScanLimits } from '../inside/scan-limits.ts';
import { type Coverage, coverageOf, coveredLogic } from './coverage.ts';

const logic = ['aa', 'bb'];
const size = 1000;
const limits = (unpack: Partial<UnpackLimits> | null, maxObjectBytes = 10_000): ScanLimits => ({
  ...{ maxObjectBytes, largeFiles: 'head' },
  unpack: unpack === null ? null : { ...defaultUnpackLimits, ...unpack },
});
const inside = (reasons: Inside['reasons'], formats = ['zip']): Inside => ({
  ...{ scanned: 1, bytes: 1, formats, notScanned: [], reasons },
});

/** What a scan under these limits adds. */
function scanned(under: ScanLimits, within: Inside | null = null, scannedBytes?: number): Coverage {
  const found = under.unpack === null || within === null ? {} : { inside: within };
  const part = scannedBytes === undefined ? {} : { scannedBytes };
  return coverageOf(logic, { status: 'scanned', matches: 0, ...found, ...part }, under);
}

const isCovered = (coverage: Coverage, under: ScanLimits) => coveredLogic(coverage, size, under).size === logic.length;

test('what was scanned is covered under the same limits, whatever was found inside', (t) => {
  for (const each of [
    null,
    inside({}),
    inside({ depth: 2, encrypted: 1 }),
    inside({ timeout: 1 }),
    inside({ damaged: 3 }),
  ]) {
    t.true(isCovered(scanned(limits({}), each), limits({})));
  }
});

test('an object whose members were not looked for is due once they are wanted, and not the reverse', (t) => {
  t.false(isCovered(scanned(limits(null)), limits({})));
  t.true(isCovered(scanned(limits(null)), limits(null)));
  t.true(isCovered(scanned(limits({}), inside({ depth: 1 })), limits(null)));
});

test('a higher limit makes due what had reached it, and nothing else', (t) => {
  const outcome = scanned(limits({}), inside({ depth: 1, time: 1 }));
  t.false(isCovered(outcome, limits({ maxDepth: 9 })));
  t.false(isCovered(outcome, limits({ maxMs: 60_000 })));
  t.true(isCovered(outcome, limits({ maxMembers: 1e6, maxBytes: 1e12, maxRatio: 1e6 })));
  t.true(isCovered(outcome, limits({ maxDepth: 1 })));
  t.true(isCovered(scanned(limits({}), null), limits({ maxDepth: 32, maxMs: 1e6 })));
  t.false(isCovered(scanned(limits({}), inside({ timeout: 1 })), limits({ maxMs: 60_000 })));
});

test('other passwords make due what is encrypted, and nothing else', (t) => {
  const others = limits({ passwords: ['other'] });
  t.false(isCovered(scanned(limits({}), inside({ encrypted: 1 })), others));
  t.true(isCovered(scanned(limits({}), inside({ damaged: 1 })), others));
});

test('a first part is due when the size limit is raised, with members or without', (t) => {
  for (const unpack of [null, {}]) {
    const outcome = scanned(limits(unpack, 100), null, 100);
    t.true(isCovered(outcome, limits(unpack, 100)));
    t.false(isCovered(outcome, limits(unpack, 200)));
  }
});

test('an earlier or unknown version of the unpacker does not count', (t) => {
  for (const opened of ['0', '', 'x', '-1:formats=zip']) {
    t.false(
      isCovered(
        logic.map((hash) => `${hash}+${opened}`),
        limits({}),
      ),
      opened,
    );
  }
});

test('coverage of several scans adds up', (t) => {
  const holds = fc.property(
    fc.array(
      fc.record({
        reasons: fc.constantFrom<Inside['reasons']>({}, { depth: 1 }, { bytes: 1 }),
        maxDepth: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 4 },
    ),
    (scans) => {
      const coverage = scans.flatMap(({ reasons, maxDepth }) => scanned(limits({ maxDepth }), inside(reasons)));
      const expected = scans.some(
        ({ reasons, maxDepth }) => reasons.depth === undefined || maxDepth >= defaultUnpackLimits.maxDepth,
      );
      return coveredLogic(coverage, size, limits({})).has('aa') === expected;
    },
  );
  t.notThrows(() => fc.assert(holds));
});

test('consecutive objects have the very same coverage, which stores make use of', (t) => {
  t.is(scanned(limits({})), scanned(limits({})));
  t.is(scanned(limits(null)), logic);
});
