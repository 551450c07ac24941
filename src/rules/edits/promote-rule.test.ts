import test from 'ava';
import fc from 'fast-check';
import { isStaged } from '../../domain/rulesets/rule.ts';
import { type Dressing, dressings, ruleModels, writeRules } from '../../testing/rules/arbitrary-rules.ts';
import { hashRules } from '../logic-hash.ts';
import { tokenize } from '../syntax/lexer.ts';
import { parseSource } from '../syntax/parse.ts';
import { promoteRule } from './promote-rule.ts';

const stagedDressings: fc.Arbitrary<Dressing> = fc.tuple(dressings, fc.nat(4)).map(([dressing, at]) => ({
  ...dressing,
  meta: dressing.meta.toSpliced(at, 0, ['status', '=', '"staged"']),
}));

const logicOf = (source: string) => hashRules(parseSource(source), 'engine').map(({ logicHash }) => logicHash);
const textOf = (source: string) => tokenize(source).map(({ text }) => text);
/** Everything that is neither a token nor white space. */
function commentsOf(source: string): readonly string[] {
  const tokens = tokenize(source);
  const gaps = [...tokens, { start: source.length }].map(({ start }, at) =>
    source.slice(tokens[at - 1]?.end ?? 0, start),
  );
  return gaps.flatMap((gap) => gap.match(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g) ?? []);
}

test('promotion removes only the entry of that rule: no token, no comment, no logic', (t) => {
  fc.assert(
    fc.property(ruleModels, stagedDressings, fc.nat(4), (rules, dressing, pick) => {
      const source = writeRules(rules, dressing);
      const name = `r${pick % rules.length}`;
      const promoted = promoteRule(source, name) ?? '';
      const [before, after] = [parseSource(source), parseSource(promoted)];
      t.deepEqual(after.problems, []);
      t.deepEqual(logicOf(promoted), logicOf(source));
      for (const [at, rule] of after.rules.entries()) {
        const was = before.rules[at];
        t.is(isStaged(rule), rule.name !== name);
        const meta = was?.meta.filter((each) => rule.name !== name || each.identifier !== 'status');
        t.deepEqual([rule.name, rule.tags, rule.meta], [was?.name, was?.tags, meta]);
      }
      const isAll = dressing.meta.length === 1;
      t.is(textOf(promoted).length, textOf(source).length - (isAll ? 5 : 3));
      t.deepEqual(commentsOf(promoted), commentsOf(source));
      t.is(promoteRule(promoted, name), null);
    }),
    { numRuns: 500 },
  );
});

const rule = (meta: string, rest = 'condition: true') => `rule a {\n${meta}  ${rest}\n}\n`;

test('an entry on its own line is removed with its line', (t) => {
  for (const end of ['\n', '\r\n']) {
    const lines = (...meta: string[]) => rule(['  meta:', ...meta, ''].join(end)).replaceAll(/(?<!\r)\n/g, end);
    const source = lines('    author = "x" // she', '    status = "staged"', '    date = "2026-01-31"');
    t.is(promoteRule(source, 'a'), lines('    author = "x" // she', '    date = "2026-01-31"'));
  }
});

test('a meta block without other entries is removed completely', (t) => {
  t.is(promoteRule(rule('  meta:\n    status = "staged"\n'), 'a'), rule(''));
  t.is(promoteRule('rule a { meta: status = "staged" condition: true }', 'a'), 'rule a { condition: true }');
  t.is(
    promoteRule('rule a { meta: /* c */ status = "staged"\n condition: true }', 'a'),
    'rule a { /* c */\n condition: true }',
  );
});

test('an entry among others on one line is removed with one of its blanks', (t) => {
  const source = rule('  meta: author = "x"  status = "staged" date = "y"\n');
  t.is(promoteRule(source, 'a'), rule('  meta: author = "x"  date = "y"\n'));
  t.is(promoteRule(rule('  meta: author = "x"  status = "staged"\r\n'), 'a'), rule('  meta: author = "x"\r\n'));
});

test('tokens separated only by the entry stay separate', (t) => {
  const source = 'rule a { meta: n = 1status="staged"MB = 2 condition: true }';
  const promoted = promoteRule(source, 'a') ?? '';
  t.deepEqual(parseSource(promoted).rules[0]?.meta, [
    { identifier: 'n', value: 1 },
    { identifier: 'MB', value: 2 },
  ]);
});

test('a repeated status is removed completely, and another status stays', (t) => {
  const twice = promoteRule(rule('  meta:\n    status = "staged"\n    status = "staged"\n    n = 1\n'), 'a');
  t.is(twice, rule('  meta:\n    n = 1\n'));
  const other = promoteRule(rule('  meta:\n    status = "\\x73taged"\n    status = "released"\n'), 'a');
  t.is(other, rule('  meta:\n    status = "released"\n'));
});

test('a missing or unstaged rule is not promoted', (t) => {
  t.is(promoteRule(rule('  meta:\n    status = "staged"\n'), 'b'), null);
  t.is(promoteRule(rule('  meta:\n    status = "released"\n    status = "staged"\n'), 'a'), null);
  t.is(promoteRule(rule('  // status = "staged"\n'), 'a'), null);
  t.is(promoteRule('rule a { meta: status = "staged"', 'a'), null);
});

test('blanks around an entry take no more time than other text', (t) => {
  const blanks = ' '.repeat(200_000);
  const source = `rule a { meta: a = 1 // ${blanks}x\n${blanks}status = "staged"${blanks} condition: true }`;
  t.is(promoteRule(source, 'a'), `rule a { meta: a = 1 // ${blanks}x\n${blanks}condition: true }`);
});
