import test from 'ava';
import { defaultUnpackLimits, type UnpackLimits } from '../../domain/inside/limits.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { zipOf } from '../../testing/specimens/zip-of.ts';
import type { ScanReport } from '../types.ts';
import { createScanPool } from './scan-pool.ts';

const source = String.raw`
rule Text { strings: $a = "needle" condition: $a }
rule Named { condition: filename == "b.txt" and extension == ".txt" and filepath == "in/outer.zip/inner.zip/b.txt" }
rule Outer { condition: filename == "outer.zip" }
// Divides the least integer by -1, which traps in the engine.
rule Trap { condition: (0 - 9223372036854775807 - 1) \ (filesize - 14) == 1 }
rule Endless { condition: filename == "endless" and for all i in (0 .. 100000000000) : ( i >= 0 ) }
`;
const ruleset = { id: 'inside', sources: [{ namespace: 'a.yar', source }] };

const pool = createScanPool({ workers: 2 });
test.after.always(() => pool.close());

async function scan(bytes: Uint8Array<ArrayBuffer>, limits: Partial<UnpackLimits> | null = {}, deadlineMs = 20_000) {
  const unpack = limits === null ? null : { ...defaultUnpackLimits, ...limits };
  return pool.scan({ ruleset, bytes, externals: externalsOf('in/outer.zip'), unpack, deadlineMs });
}

const rulesOf = (report: ScanReport) => (report.status === 'scanned' ? report.matches.map(({ rule }) => rule) : []);

test('members are scanned at all levels, and a match names its place', async (t) => {
  const inner = zipOf({ 'b.txt': 'a needle' }, 8);
  const report = await scan(zipOf({ 'inner.zip': inner, 'c/d.txt': 'needle' }, 8));
  if (report.status !== 'scanned') return t.fail();
  t.like(report.inside, { scanned: 3, formats: ['zip'], notScanned: [], reasons: {} });
  t.deepEqual(rulesOf(report), ['Outer', 'Text', 'Named']);
  const [outer, text, named] = report.matches;
  t.false('members' in (outer ?? {}));
  t.like(named, { onlyInside: true, members: [{ place: ['inner.zip', 'b.txt'], size: 8 }] });
  t.deepEqual(text?.strings, [
    { identifier: '$a', offset: 2, length: 6, data: 'needle', place: ['inner.zip', 'b.txt'] },
    { identifier: '$a', offset: 0, length: 6, data: 'needle', place: ['c/d.txt'] },
  ]);
  t.deepEqual(
    text?.members?.map(({ place }) => place),
    [['inner.zip', 'b.txt'], ['c/d.txt']],
  );
});

test('without limits for members, only the file itself is scanned', async (t) => {
  const report = await scan(zipOf({ a: 'needle' }, 8), null);
  t.deepEqual(rulesOf(report), ['Outer']);
  t.false('inside' in report);
});

test('a file that is no container says nothing of members', async (t) => {
  const report = await scan(new Uint8Array(Buffer.from('a needle')));
  t.deepEqual(rulesOf(report), ['Text', 'Outer']);
  t.false('inside' in report);
});

test('a match in the file itself and in a member is one match', async (t) => {
  const report = await scan(zipOf({ a: 'needle' }));
  if (report.status !== 'scanned') return t.fail();
  const [match] = report.matches.filter(({ rule }) => rule === 'Text');
  t.deepEqual(
    match?.strings.map(({ place }) => place),
    [undefined, ['a']],
  );
  t.is(match?.members?.length, 1);
  t.false('onlyInside' in (match ?? {}));
});

test('a member that makes the engine trap costs this member only', async (t) => {
  const report = await scan(zipOf({ first: 'needle', trap: 'thirteenbytes', last: 'a needle' }, 8));
  if (report.status !== 'scanned') return t.fail();
  t.like(report.inside, { scanned: 2, notScanned: [{ place: ['trap'], reason: 'engine_crash' }] });
  t.deepEqual(
    report.matches.find(({ rule }) => rule === 'Text')?.members?.map(({ place }) => place),
    [['first'], ['last']],
  );
  t.like(await scan(zipOf({ a: 'needle' })), { status: 'scanned' }, 'and the pool goes on');
});

test('a member that does not end costs the members from there on, not what was found before', async (t) => {
  const bytes = zipOf({ first: 'needle', endless: 'x', last: 'needle' }, 8);
  const report = await scan(bytes, { maxMs: 1_000 }, 1_000);
  if (report.status !== 'scanned') return t.fail(report.detail);
  t.like(report.inside, { scanned: 1, formats: ['zip'], reasons: { timeout: 1 } });
  t.deepEqual(rulesOf(report), ['Outer', 'Text']);
});

test('the limit of the members is kept, and told', async (t) => {
  const report = await scan(zipOf({ a: 'needle', b: 'needle', c: 'needle' }, 8), { maxMembers: 2 });
  t.like(report, { inside: { scanned: 2, notScanned: [{ place: [], reason: 'members' }], reasons: { members: 1 } } });
});
