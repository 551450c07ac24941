import test from 'ava';
import fc from 'fast-check';
import type { MetaEntry, MetaValue } from '../../domain/rulesets/rule.ts';
import { mappedSeverity } from './mapped-severity.ts';
import { parseSources } from './read-sources.ts';

const config = (more: string) => {
  const [source] = parseSources('sources.yaml', `sources: { a: { url: /a, ${more} } }`);
  if (source === undefined) throw new Error('no source');
  return source;
};
const meta = (values: Readonly<Record<string, MetaValue>>): MetaEntry[] =>
  Object.entries(values).map(([identifier, value]) => ({ identifier, value }));
const score = '{ from: score, map: { ">=80": critical, ">=60": high, ">=40": medium, "*": low } }';

test('a score is mapped by its range, whether it is a number or text', (t) => {
  const source = config(`meta: { severity: ${score} }`);
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 150 }), fc.boolean(), (value, isText) => {
      const expected = value >= 80 ? 'critical' : value >= 60 ? 'high' : value >= 40 ? 'medium' : 'low';
      t.is(mappedSeverity(source, meta({ score: isText ? ` ${value} ` : value })), expected);
    }),
  );
  t.is(mappedSeverity(source, meta({ score: '79.9' })), 'high');
  t.is(mappedSeverity(source, meta({ score: 'unknown' })), 'low');
  t.is(mappedSeverity(source, meta({ score: true })), 'low');
});

test('words are mapped in any case, and booleans by their names', (t) => {
  const source = config('meta: { severity: { from: threat_level, map: { Severe: critical, true: high, 3: medium } } }');
  t.is(mappedSeverity(source, meta({ threat_level: 'SEVERE' })), 'critical');
  t.is(mappedSeverity(source, meta({ threat_level: true })), 'high');
  t.is(mappedSeverity(source, meta({ threat_level: '3' })), 'medium');
  t.is(mappedSeverity(source, meta({ threat_level: 3 })), 'medium');
  t.is(mappedSeverity(source, meta({ threat_level: 'none' })), null);
});

test('the first mapping that applies counts, then the severity of the rule, then the default', (t) => {
  const source = config(
    'severity: low, meta: { severity: [{ from: score, map: { ">=80": critical } }, { from: confidence, map: { high: high } }] }',
  );
  t.is(mappedSeverity(source, meta({ confidence: 'high', score: 90 })), 'critical');
  t.is(mappedSeverity(source, meta({ confidence: 'high', score: 10 })), 'high');
  t.is(mappedSeverity(source, meta({ severity: 'Medium', score: 10 })), 'medium');
  t.is(mappedSeverity(source, meta({ severity: '10', score: 10 })), 'low');
  t.is(mappedSeverity(config('state: off'), meta({ severity: '10' })), null);
});

test('an exact value precedes a range, and a repeated identifier counts with each value', (t) => {
  const source = config('meta: { severity: { from: severity, map: { ">0": low, 5: critical } } }');
  t.is(mappedSeverity(source, meta({ severity: 5 })), 'critical');
  t.is(mappedSeverity(source, meta({ severity: 4 })), 'low');
  t.is(mappedSeverity(source, [...meta({ severity: 'x' }), ...meta({ severity: '5' })]), 'critical');
});
