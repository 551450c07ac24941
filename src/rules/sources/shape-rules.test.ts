import test from 'ava';
import { checkSources } from '../../testing/rules/check-sources.ts';
import { buildRuleset } from '../ruleset.ts';
import { parseSources } from './read-sources.ts';
import { describedRules, takenRules } from './shape-rules.ts';

/** The rules of a source after its entry in `sources.yaml`, with their meta. They compile. */
function applied(t: import('ava').ExecutionContext, source: string, entry: string) {
  const [config] = parseSources('sources.yaml', `sources:\n  pack:\n    url: https://example.com/pack.git\n${entry}`);
  if (config === undefined) throw new Error('no source');
  const text = describedRules(takenRules(source, config), config);
  t.deepEqual(checkSources([{ namespace: 'a.yar', source: text }]).errors, []);
  t.is(text.split('\n').length, source.split('\n').length, 'lines keep their numbers');
  const { rules } = buildRuleset([{ namespace: 'a.yar', source: text }], { name: 'yara-x', version: '1' });
  return rules.map((rule) => ({
    name: rule.private ? `private ${rule.name}` : rule.name,
    meta: rule.meta.map(({ identifier, value }) => `${identifier}=${value}`).join(' '),
  }));
}

test('severities are mapped, defaulted and kept, and every public rule of a staged source is staged', (t) => {
  const source = `rule a { meta: /* : */ score = 80 condition: true }
rule b : tag /* { */ { condition: true }
rule c
{
  meta:
    severity = "low"
    status = "RELEASED"
  condition: a
}
private rule d { condition: true }`;
  const entry =
    '    state: staged\n    severity: medium\n    meta: { severity: { from: score, map: { ">=75": high } } }\n';
  t.deepEqual(applied(t, source, entry), [
    { name: 'a', meta: 'severity=high status=staged score=80' },
    { name: 'b', meta: 'severity=medium status=staged' },
    { name: 'c', meta: 'status=staged severity=low status=RELEASED' },
    { name: 'private d', meta: '' },
  ]);
});

test('rules that are not taken go, but one that another needs becomes private', (t) => {
  const source = `rule a { condition: true }
rule b_1 { condition: a }
rule c { condition: b_1 }
rule d : old { condition: true }`;
  const entry = '    state: active\n    rules: { exclude: [a, "b*"] }\n    tags: { exclude: [old] }\n';
  t.deepEqual(
    applied(t, source, entry).map(({ name }) => name),
    ['private a', 'private b_1', 'c'],
  );
});

test('a source that says nothing about its rules leaves them as they are', (t) => {
  t.deepEqual(applied(t, 'rule a { condition: true }', '    state: active\n'), [{ name: 'a', meta: '' }]);
});
