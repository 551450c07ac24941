import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { compile } from '../../engine/compile.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { splitParts } from '../../rules/explain/split-parts.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import { conditionRules } from '../../testing/rules/arbitrary-conditions.ts';
import { ruleEdits, tinyFiles } from '../../testing/rules/arbitrary-rule-edits.ts';
import { checkSources } from '../../testing/rules/check-sources.ts';
import { runs } from '../../testing/runs.ts';
import { explainRule } from './explain-rule.ts';
import type { ExplainedPart, RuleExplanation } from './explanation.ts';
import { findRule } from './find-rule.ts';

const pool = createScanPool({ workers: 1 });
test.after.always(() => pool.close());
const externals = externalsOf('/srv/in/final.pdf');

const explain = (source: string, name: string, content: string | Uint8Array): Promise<RuleExplanation> =>
  explainRule({
    ...findRule([{ namespace: 'a.yar', source }], name),
    ...{ pool, externals, bytes: new Uint8Array(Buffer.from(content)) },
  });

/** `✓`, `✗` or `?` before each part, in brackets what is below it. */
function draw({ value, kind, text, parts }: ExplainedPart): string {
  const mark = value === 'true' ? '✓' : value === 'false' ? '✗' : '?';
  return kind === 'leaf' ? `${mark}${text}` : `${mark}${kind}[${parts.map(draw).join(' ')}]`;
}

test('every part has its value, and the smallest set of parts decides', async (t) => {
  const source = `rule R { strings: $a = "one" private $b = "two" nocase $c = "three"
    condition: $a and (2 of them or filesize > 5KB /* large */) and not $c }`;
  const hit = await explain(source, 'R', 'one TWO');
  t.true(hit.matches);
  t.is(draw(hit.condition), '✓and[✓$a ✓or[✓of[✓$a ✓$b ✗$c] ✗filesize > 5KB] ✓not[✗$c]]');
  t.deepEqual(hit.deciding, ['$a', '$b', '$c']);
  t.deepEqual(
    hit.patterns.map(({ identifier, text, total, matches }) => [identifier, text, total, matches[0]?.offset]),
    [
      ['$a', '"one" private', 1, 0],
      ['$b', '"two" nocase', 1, 4],
      ['$c', '"three"', 0, undefined],
    ],
  );
  const miss = await explain(source, 'R', 'two');
  t.false(miss.matches);
  t.deepEqual(miss.deciding, ['$a']);
  const size = miss.condition.parts[1]?.parts[1];
  t.deepEqual(size?.operands, [{ text: 'filesize', value: '3' }]);
});

test('undefined is shown as a value of its own', async (t) => {
  const { condition, matches } = await explain(
    'rule R { condition: not uint8(9) == 1 or (with x = uint16(9) : (x == 1 or x != 1)) }',
    'R',
    'abc',
  );
  t.false(matches);
  t.is(draw(condition), '✗or[?not[?uint8(9) == 1] ✗with[✗or[?x == 1 ?x != 1]]]');
  t.deepEqual(condition.parts[0]?.parts[0]?.operands, [{ text: 'uint8(9)', value: 'undefined' }]);
});

test('operands of with, offsets and texts have their values; loops over patterns have elements', async (t) => {
  const { condition } = await explain(
    `rule R { strings: $a = "ab" $ = "cd" condition:
      with x = uint8(1) : (x == 0x62 and $a at x - 0x62) and filename startswith "final" and for all of them : (# == 1) }`,
    'R',
    'abcdab',
  );
  t.is(
    draw(condition),
    '✗and[✓with[✓and[✓x == 0x62 ✓$a at x - 0x62]] ✓filename startswith "final" ✗of[✗$a : (# == 1) ✓$ (2) : (# == 1)]]',
  );
  const leaves = (part: ExplainedPart): ExplainedPart[] => (part.kind === 'leaf' ? [part] : part.parts.flatMap(leaves));
  t.deepEqual(
    leaves(condition).flatMap(({ operands }) => operands.map(({ text, value }) => `${text}: ${value}`)),
    ['x: 98', 'x - 0x62: 0', 'filename: final.pdf'],
  );
});

test('a global rule or a needed rule that fails is shown, private or not', async (t) => {
  const source = `private rule Helper { strings: $h = "help" condition: $h }
    rule R { condition: Helper or filesize > 1 }
    global private rule Small { condition: filesize < 4 }`;
  const large = await explain(source, 'R', 'large file');
  t.false(large.matches);
  t.is(large.condition.value, 'true');
  t.deepEqual(large.deciding, ['a.yar:Small']);
  t.deepEqual(large.needs, [
    { rule: 'a.yar:Helper', isGlobal: false, matches: false },
    { rule: 'a.yar:Small', isGlobal: true, matches: false },
  ]);
  const small = await explain(source, 'R', 'ab');
  t.true(small.matches);
  t.deepEqual(small.deciding, ['a.yar:Small', 'filesize > 1']);
  t.true((await explain(source, 'Helper', 'h').then((each) => each.condition.value)) === 'false');
});

test('all matches of a pattern are counted, and the first hundred are listed', async (t) => {
  const { patterns } = await explain('rule R { strings: $a = "a" condition: $a at 0 }', 'R', 'a'.repeat(250));
  t.is(patterns[0]?.total, 250);
  t.is(patterns[0]?.matches.length, 100);
});

test('a condition is one part if the engine crashes on a part of it by itself', async (t) => {
  const strings = ['$a', '$b', '$c', '$d'].map((each) => `${each} = "abcd"`).join(' ');
  const inner = '0 of them at 4294967295 and 0 of them in (filesize - 20..filesize)';
  const source = `rule R { strings: ${strings} condition: ((((${inner}) and 0 of them in (0..0)) and ((0 of them and (#a & 0) == !a[1]) and $a in (filesize - 20..0)))) or #a + #b + #c + #d < 0 }`;
  const { condition, matches } = await explain(source, 'R', 'abcd');
  t.deepEqual([condition.kind, condition.value, matches], ['leaf', 'false', false]);
});

test('a constant condition has no deciding parts', async (t) => {
  t.deepEqual((await explain('rule R { condition: true }', 'R', '')).deciding, []);
});

/** Explains each rule of a source for each file, and compares with the engine. */
async function agree(source: string, files: readonly Uint8Array[]): Promise<string[]> {
  const namespace = 'a.yar';
  // The engine reports public rules.
  const rules = compile([{ namespace, source: source.replaceAll(/\bprivate (?=rule|global)/g, '') }]);
  const parsed = parseSource(source);
  const wrong: string[] = [];
  try {
    for (const bytes of files) {
      const matched = new Set(rules.scan(new Uint8Array(bytes), externals).map(({ rule }) => rule));
      for (const rule of parsed.rules) {
        const found = await explain(source, rule.name, bytes);
        const globals = found.needs.filter(({ isGlobal }) => isGlobal);
        const expected = found.condition.value === 'true' && globals.every(({ matches }) => matches);
        if (found.matches !== matched.has(rule.name) || found.matches !== expected)
          wrong.push(`${rule.name} in ${source}`);
        wrong.push(...alone(source, rule.name, found.condition, bytes));
      }
    }
  } finally {
    rules.free();
  }
  return wrong;
}

/** The values of parts that differ from those of a rule that has only this part. */
function alone(source: string, name: string, root: ExplainedPart, bytes: Uint8Array): string[] {
  const parsed = parseSource(source);
  const rule = parsed.rules.find((each) => each.name === name);
  if (rule === undefined) return [`no rule ${name}`];
  const start = parsed.imports.map(({ value }) => `import "${value}"`).join('\n');
  const before = parsed.rules
    .slice(0, parsed.rules.indexOf(rule))
    .map((each) => `rule ${source.slice(each.parts.name.start, each.end)}`);
  const strings = rule.patterns.map((each) => source.slice(each.start, each.end)).join('\n');
  const unused = rule.patterns.length === 0 ? 'false' : '(all of them and filesize < 0)';
  const standAlone = (part: ExplainedPart): ExplainedPart[] =>
    part.kind === 'with' || part.text.includes(' : (') ? [] : [part, ...part.parts.flatMap(standAlone)];
  const parts = standAlone(root);
  const section = strings === '' ? '' : `strings: ${strings}`;
  const rulesFor = (text: string, namespace: string): RuleSource => ({
    namespace,
    source: [start, ...before, `rule alone { ${section} condition: (${text}) or ${unused} }`].join('\n'),
  });
  const rules = compile(
    parts.flatMap(({ text }, index) => [rulesFor(text, `${index} is`), rulesFor(`not (${text})`, `${index} is not`)]),
  );
  const matched = new Set(
    rules
      .scan(new Uint8Array(bytes), externals)
      .filter((each) => each.rule === 'alone')
      .map((each) => each.namespace),
  );
  rules.free();
  return parts.flatMap((part, index) => {
    const expected = matched.has(`${index} is`) ? 'true' : matched.has(`${index} is not`) ? 'false' : 'undefined';
    return expected === part.value ? [] : [`${part.text} is ${part.value}, alone ${expected}: ${source}`];
  });
}

test('random rules: the root is what the engine reports, and each part is what it is alone', async (t) => {
  await fc.assert(
    fc.asyncProperty(conditionRules, async ({ sources, payloads }) => {
      t.deepEqual(await agree(sources[0]?.source ?? '', payloads.slice(0, 2)), []);
    }),
    { numRuns: runs(8) },
  );
});

test('random rules over tiny files: the same, with undefined values, sets and rules that others need', async (t) => {
  await fc.assert(
    fc.asyncProperty(ruleEdits, fc.array(tinyFiles, { minLength: 1, maxLength: 2 }), async ({ before }, files) => {
      fc.pre(checkSources([{ namespace: 'n', source: before }]).errors.length === 0);
      t.deepEqual(await agree(before, files), []);
    }),
    { numRuns: runs(8) },
  );
});

test('a condition is split into its parts, not taken as one', (t) => {
  const source = 'rule R { strings: $a = "a" $b = "b" condition: any of ($a, $b) at 0 and 50% of them }';
  const [rule] = parseSource(source).rules;
  t.is(rule && splitParts(source, rule).logic.kind, 'gate');
});
