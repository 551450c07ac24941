import test from 'ava';
import fc from 'fast-check';
import type { RuleEntry } from '../../domain/rulesets/rule.ts';
import type { GoodwareException } from '../../gates/goodware-exceptions.ts';
import { createHashClaims } from '../../gates/hash-claims.ts';
import { maxListedMatches } from '../../pull-requests/goodware-section.ts';
import type { FileReport } from '../files/scan-files.ts';
import { createGoodwareTally } from './goodware-tally.ts';

const nowMs = Date.parse('2026-11-25T12:00:00Z');
const rule = (name: string): RuleEntry => ({
  ...{ namespace: 'a.yar', name, logicHash: name, tags: [], meta: [], private: false, global: false, dependencies: [] },
});
const rules = [rule('A'), rule('B')];
const scanned = (path: string, ...names: readonly string[]): FileReport => ({
  ...{ path, status: 'scanned', size: 10, sha256: 'a'.repeat(64), md5: 'b'.repeat(32) },
  matches: names.map((name) => ({ namespace: 'a.yar', rule: name, tags: [], meta: [], strings: [] })),
});
const exceptA: GoodwareException = {
  ...{ rule: 'A', file: { path: '/ok/**' }, reason: 'known', expires: '2026-12-31', line: 1 },
};
function tallied(reports: readonly FileReport[], exceptions: readonly GoodwareException[] = [exceptA]) {
  const tally = createGoodwareTally({
    rules,
    exceptions,
    roots: ['/ok', '/usr'],
    claims: createHashClaims(rules),
    nowMs,
  });
  for (const report of reports) tally.add(report);
  return tally.end();
}

const report = fc.oneof(
  fc
    .record({ folder: fc.constantFrom('/ok', '/usr'), id: fc.nat(40), names: fc.subarray(['A', 'B', 'Other']) })
    .map(({ folder, id, names }) => scanned(`${folder}/${id}`, ...names)),
  fc.constantFrom('denied', 'unreadable').map(
    (reason): FileReport => ({
      path: '/x',
      status: 'failed',
      reason: reason === 'denied' ? 'denied' : 'unreadable',
      detail: '',
    }),
  ),
);

test('every report counts once, and a match is either covered or fails', (t) => {
  fc.assert(
    fc.property(fc.array(report, { maxLength: 60 }), (reports) => {
      const found = tallied(reports);
      const files = reports.filter(({ status }) => status === 'scanned').length;
      t.is(found.files, files);
      t.is(found.bytes, files * 10);
      t.is(
        [...found.unscanned.values()].reduce((sum, each) => sum + each, 0),
        reports.length - files,
      );
      const matches = reports.flatMap((each) =>
        each.status === 'scanned'
          ? each.matches.filter(({ rule: name }) => name !== 'Other').map((match) => ({ each, match }))
          : [],
      );
      t.is(found.matches, matches.length, 'rules that only scan along do not count');
      const covered = matches.filter(({ each, match }) => match.rule === 'A' && each.path.startsWith('/ok/'));
      t.is(found.failing, matches.length - covered.length);
      t.is(found.used.has(exceptA), covered.length > 0);
      t.is(found.listed.length, Math.min(maxListedMatches, matches.length));
      t.is(
        found.listed.filter(({ exception }) => exception === null).length,
        Math.min(maxListedMatches, found.failing),
      );
    }),
  );
});

test('the listed matches do not depend on the order of the reports', (t) => {
  const reports = Array.from({ length: 3000 }, (_, index) => scanned(`/usr/${String(index).padStart(4, '0')}`, 'A'));
  const forth = tallied(reports);
  t.deepEqual(forth.listed, tallied(reports.toReversed()).listed);
  // 7919 has no factor in common with 3000: every report comes once.
  const mixed = reports.flatMap((_, index) => reports[(index * 7919 + 1500) % reports.length] ?? []);
  t.deepEqual(forth.listed, tallied(mixed).listed);
  t.is(forth.listed[0]?.path, '/usr/0000');
  t.is(forth.matches, 3000);
});

test('a rule that matches everything does not hide the one match of another', (t) => {
  const reports = Array.from({ length: 1000 }, (_, index) => scanned(`/usr/${index}`, 'A'));
  const { listed } = tallied([...reports, scanned('/usr/zzz', 'B')]);
  t.true(listed.some(({ rule: id }) => id === 'a.yar:B'));
});

test('matches are summed by rule, with the strings that decide', (t) => {
  const withStrings = (path: string, ...identifiers: readonly string[]): FileReport => {
    const report = scanned(path, 'A');
    const strings = identifiers.map((identifier, offset) => ({
      identifier,
      offset,
      length: 1,
      data: `${path}${offset}`,
    }));
    return report.status === 'scanned'
      ? { ...report, matches: report.matches.map((match) => ({ ...match, strings })) }
      : report;
  };
  const reports = Array.from({ length: 150 }, (_, index) =>
    withStrings(`/usr/${String(index).padStart(3, '0')}`, '$a', '$a', ...(index % 3 === 0 ? ['$b'] : [])),
  );
  const all = [...reports, scanned('/ok/x', 'A'), scanned('/usr/zzz', 'B')];
  const { byRule, newExpiry } = tallied(all);
  t.deepEqual(byRule, [
    {
      ...{ rule: 'a.yar:A', failing: 150, covered: 1 },
      strings: [
        { identifier: '$a', files: 150, data: '/usr/0000' },
        { identifier: '$b', files: 50, data: '/usr/0002' },
      ],
      examples: ['000', '001', '002'].map((each) => ({ path: `/usr/${each}`, sha256: 'a'.repeat(64) })),
    },
    {
      ...{ rule: 'a.yar:B', failing: 1, covered: 0, strings: [] },
      examples: [{ path: '/usr/zzz', sha256: 'a'.repeat(64) }],
    },
  ]);
  t.deepEqual(tallied(all.toReversed()).byRule, byRule);
  t.is(newExpiry, '2027-02-23');
});

test('a root of which nothing was scanned, or whose listing failed, is reported', (t) => {
  const failed = (path: string): FileReport => ({
    path,
    status: 'failed',
    reason: 'unreadable',
    detail: 'the listing broke off',
  });
  t.deepEqual(tallied([scanned('/ok/a'), scanned('/usr/b'), failed('/usr/c')]).incomplete, []);
  t.deepEqual(tallied([scanned('/usr/b'), failed('/ok/c')]).incomplete, ['/ok']);
  t.deepEqual(tallied([scanned('/ok/a'), scanned('/usr/b'), failed('/usr')]).incomplete, ['/usr']);
});

test('an exception that has expired covers nothing', (t) => {
  const { failing, used } = tallied([scanned('/ok/x', 'A')], [{ ...exceptA, expires: '2026-11-24' }]);
  t.is(failing, 1);
  t.is(used.size, 0);
});
