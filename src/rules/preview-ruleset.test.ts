import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../domain/rulesets/externals.ts';
import { type RuleSource, ruleId } from '../domain/rulesets/rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import { type RuleModel, ruleModels, writeRules } from '../testing/rules/arbitrary-rules.ts';
import { openPlainRules } from '../testing/rules/plain-engine.ts';
import { runs } from '../testing/runs.ts';
import { diffRulesets } from './diff-rulesets.ts';
import { previewedRules, previewRuleset } from './preview-ruleset.ts';
import { buildRuleset } from './ruleset.ts';

const engine = { name: 'yara-x', version: '1' };
const build = (files: Readonly<Record<string, string>>, version = '1') =>
  buildRuleset(
    Object.entries(files).map(([namespace, source]) => ({ namespace, source })),
    { name: 'yara-x', version },
  );
const listed = (base: Ruleset | null, head: Ruleset) => {
  const ruleset = previewRuleset(base, head);
  return ruleset === null ? null : previewedRules(ruleset);
};

/** The change of one file of rules. Null: it does not exist. */
interface FileChange {
  readonly was: RuleSource | null;
  readonly is: RuleSource | null;
  readonly models: readonly RuleModel[];
}

const fileChange = (namespace: string): fc.Arbitrary<FileChange> =>
  fc
    .tuple(ruleModels, ruleModels, fc.nat(), fc.constantFrom('same', 'added', 'removed', 'edited', 'moved', 'cut'))
    .map(([rules, others, at, how]): FileChange => {
      const was = { namespace, source: writeRules(rules) };
      const place = at % rules.length;
      const edited = rules.map((rule, index) => {
        const { patterns, condition, ...other } = others[at % others.length] ?? rule;
        return index === place ? { ...rule, patterns, condition, private: other.private, global: other.global } : rule;
      });
      const heads: Readonly<Record<typeof how, RuleSource | null>> = {
        same: was,
        added: was,
        removed: null,
        edited: { namespace, source: writeRules(edited) },
        moved: { namespace: `moved-${namespace}`, source: writeRules(edited) },
        cut: { namespace, source: writeRules(rules.slice(0, -1)) },
      };
      return { was: how === 'added' ? null : was, is: heads[how], models: [...rules, ...edited] };
    });
const changes = fc.tuple(fileChange('a.yar'), fileChange('b.yar'), fileChange('dir/c.yar'));
const rulesetOf = (sources: readonly (RuleSource | null)[]) =>
  buildRuleset(
    sources.filter((each) => each !== null),
    engine,
  );
const sidesOf = (files: readonly FileChange[]) => ({
  base: rulesetOf(files.map(({ was }) => was)),
  head: rulesetOf(files.map(({ is }) => is)),
});

test('all rules have the logic of base or head, and the previewed rules are the changed ones that report', (t) => {
  let previews = 0;
  fc.assert(
    fc.property(changes, (files) => {
      const { base, head } = sidesOf(files);
      const entries = {
        now: new Map(head.rules.map((rule) => [ruleId(rule), rule])),
        before: new Map(base.rules.map((rule) => [ruleId(rule), rule])),
      };
      const reports = (side: 'now' | 'before', id: string) => {
        const entry = entries[side].get(id);
        return entry === undefined || entry.private ? null : `${side}/${id}`;
      };
      const expected = diffRulesets(base, head).changes.flatMap(({ kind, rule }) => {
        const [now, before] = [reports('now', rule), reports('before', rule)];
        if (kind === 'moved' || kind === 'described' || (now === null && before === null)) return [];
        return [{ rule, kind, now, before }];
      });
      const preview = previewRuleset(base, head);
      if (preview === null) {
        t.deepEqual(expected, []);
        return;
      }
      previews += 1;
      t.deepEqual(
        previewedRules(preview).map(({ isStaged: _, ...each }) => each),
        expected,
      );
      for (const rule of preview.rules) {
        const [, side, id] = /^(now|before)\/(.*)$/.exec(ruleId(rule)) ?? [];
        const own = side === 'now' || side === 'before' ? entries[side].get(id ?? '') : undefined;
        t.deepEqual({ ...rule, namespace: own?.namespace }, { ...own } as typeof rule);
      }
    }),
    { numRuns: runs(40) },
  );
  t.true(previews > runs(40) / 2);
});

test('each previewed rule matches what it matches in base and head', (t) => {
  let matched = 0;
  fc.assert(
    fc.property(changes, (files) => {
      const { base, head } = sidesOf(files);
      const preview = previewRuleset(base, head);
      if (preview === null) return;
      const scans = {
        preview: openPlainRules(preview.sources),
        now: openPlainRules(head.sources),
        before: openPlainRules(base.sources),
      };
      const externals = externalsOf('/in/abc.exe');
      for (const payload of payloadsFor(files)) {
        const matchesOf = (side: keyof typeof scans) =>
          new Map(
            scans[side](payload, externals).map(({ namespace, rule, strings }) => [
              ruleId({ namespace, name: rule }),
              strings,
            ]),
          );
        const [both, now, before] = [matchesOf('preview'), matchesOf('now'), matchesOf('before')];
        for (const each of previewedRules(preview)) {
          if (each.now !== null) t.deepEqual(both.get(each.now), now.get(each.rule));
          if (each.before !== null) t.deepEqual(both.get(each.before), before.get(each.rule));
          matched +=
            (each.now !== null && both.has(each.now) ? 1 : 0) + (each.before !== null && both.has(each.before) ? 1 : 0);
        }
      }
    }),
    { numRuns: runs(8) },
  );
  // Few of the rules match at all; with this many payloads some do.
  t.true(matched > 0);
});

/** Files with the plain texts of the patterns, individually and all together. */
function payloadsFor(files: readonly FileChange[]): readonly Buffer[] {
  const texts = files.flatMap(({ models }) =>
    models.flatMap(({ patterns }) =>
      patterns.flatMap(({ value: [token = ''] }) =>
        token.startsWith('"') ? [token.slice(1, -1).replaceAll(/\\(.)/g, '$1')] : [],
      ),
    ),
  );
  return [texts.join(' '), `${texts.join(' ')} abc123/x foobar/q`, 'abc123/x', ''].map((text) => Buffer.from(text));
}

test('added, removed and changed rules are listed with their positions', (t) => {
  const base = build({
    a: 'rule gone { condition: false } rule same { condition: true } rule other { condition: filesize > 1 }',
  });
  const head = build({
    a: 'rule same { meta: x = 1 condition: true } rule other { meta: status = "staged" condition: filesize > 2 } rule new { condition: filesize > 3 }',
  });
  t.deepEqual(listed(base, head), [
    { rule: 'a:other', kind: 'logic', now: 'now/a:other', before: 'before/a:other', isStaged: true },
    { rule: 'a:new', kind: 'added', now: 'now/a:new', before: null, isStaged: false },
    { rule: 'a:gone', kind: 'removed', now: null, before: 'before/a:gone', isStaged: false },
  ]);
  t.deepEqual(previewRuleset(base, head)?.rules.map(ruleId), [
    'before/a:gone',
    'before/a:other',
    'now/a:other',
    'now/a:new',
  ]);
});

test('a rule that is private, or new only in its description or place, is not previewed', (t) => {
  const base = build({ a: 'rule one { condition: true } rule two { condition: false }' });
  t.is(listed(base, base), null);
  t.is(
    listed(base, build({ a: 'rule one : tag { meta: x = 1 condition: true }', b: 'rule two { condition: false }' })),
    null,
  );
  t.is(listed(null, build({ a: 'private rule one { condition: true }' })), null);
  t.is(listed(null, build({})), null);
});

test('a rule that depends on a changed one is previewed, even if the changed one is private', (t) => {
  const source = (size: number) => `private rule core { condition: filesize > ${size} } rule top { condition: core }`;
  t.deepEqual(listed(build({ a: source(1) }), build({ a: source(2) })), [
    { rule: 'a:top', kind: 'logic', now: 'now/a:top', before: 'before/a:top', isStaged: false },
  ]);
});

test('a supporting rule is not taken for a change, wherever it was before', (t) => {
  const support = 'rule support { condition: filesize > 1 }';
  const head = build({ b: `${support} rule new { condition: support }` });
  t.deepEqual(
    listed(build({ b: support }), head)?.map(({ rule }) => rule),
    ['b:new'],
  );
  t.deepEqual(
    listed(build({ a: support }), head)?.map(({ rule }) => rule),
    ['b:new'],
  );
  const gone = build({ a: `${support} rule gone { condition: support }` });
  t.deepEqual(
    listed(gone, build({ b: support }))?.map(({ rule }) => rule),
    ['a:gone'],
  );
});

test('a rule that becomes private or public is listed by the side on which it reports', (t) => {
  const [open, closed] = [
    build({ a: 'rule r { condition: true }' }),
    build({ a: 'private rule r { condition: true }' }),
  ];
  t.like(listed(open, closed)?.[0], { kind: 'logic', now: null, before: 'before/a:r' });
  t.like(listed(closed, open)?.[0], { kind: 'logic', now: 'now/a:r', before: null });
});

test('a base of another engine is previewed with the engine of the head', (t) => {
  const files = { a: 'rule a { condition: true } rule b { condition: filesize > 1 }' };
  t.is(listed(build(files, '1'), build(files, '2')), null);
  const preview = previewRuleset(build(files, '1'), build({ a: files.a.replace('true', 'false') }, '2'));
  t.is(preview?.engine.version, '2');
  t.deepEqual(preview?.rules.map(ruleId), ['before/a:a', 'now/a:a']);
});
