import test from 'ava';
import fc from 'fast-check';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { baselineOf, formatBaseline, parseBaseline, splitByBaseline } from './baseline.ts';

const name = fc.constantFrom('a', 'b', 'c');
const finding = fc
  .record({
    severity: fc.constantFrom('warning', 'error'),
    code: name,
    message: name,
    file: name,
    rule: name,
    line: fc.nat(9),
  })
  .map((each): Diagnostic => ({ ...each, severity: each.severity === 'error' ? 'error' : 'warning', column: 1 }));
const findings = fc.array(finding, { maxLength: 12 });

test('findings that were recorded are not reported on other lines, and errors always are', (t) => {
  const check = fc.property(findings, fc.nat(100), (all, by) => {
    const entries = parseBaseline('b.json', formatBaseline(baselineOf(all)));
    const moved = all.map((each) => ({ ...each, line: each.line + by }));
    const { fresh, known, gone } = splitByBaseline(moved, entries);
    const errors = moved.filter(({ severity }) => severity === 'error');
    t.deepEqual([fresh, known, gone], [errors, all.length - errors.length, []]);
  });
  fc.assert(check);
});

test('every finding is either new or known, and every entry either occurs or is gone', (t) => {
  const check = fc.property(findings, findings, (before, after) => {
    const entries = baselineOf(before);
    const { fresh, known, gone } = splitByBaseline(after, entries);
    const sum = (all: readonly { readonly count: number }[]) => all.reduce((total, { count }) => total + count, 0);
    t.is(fresh.length + known, after.length);
    t.is(sum(gone) + known, sum(entries));
  });
  fc.assert(check);
});

test('the file has one finding a line, in an order that does not depend on that of the findings', (t) => {
  const check = fc.property(findings, (all) => {
    const content = formatBaseline(baselineOf(all));
    t.is(formatBaseline(baselineOf(all.toReversed())), content);
    t.is(content.split('\n').filter((line) => line.includes('"file"')).length, baselineOf(all).length);
  });
  fc.assert(check);
});

test('an invalid file is refused with its name, the key and the way out', (t) => {
  const refused = (content: string) =>
    t.throws(() => parseBaseline('rules/b.json', content), { code: 'ERR_CONFIG' })?.message ?? '';
  t.regex(refused('<<<<<<< HEAD\n{}'), /^rules\/b\.json is not valid JSON .*merge conflict.*rules check --baseline/);
  t.regex(
    refused('{"version":1,"findings":[{"file":"a","rule":"","code":"c","message":"m","count":0}]}'),
    /findings\.0\.count/,
  );
  t.regex(refused('{"version":2,"findings":[]}'), /^rules\/b\.json: version/);
});
