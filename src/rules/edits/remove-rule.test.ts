import test from 'ava';
import fc from 'fast-check';
import { dressings, ruleModels, writeRules } from '../../testing/rules/arbitrary-rules.ts';
import { hashRules } from '../logic-hash.ts';
import { parseSource } from '../syntax/parse.ts';
import { removeRule } from './remove-rule.ts';

test('removing a rule leaves all others unchanged, and a rule that others need is not removed', (t) => {
  fc.assert(
    fc.property(ruleModels, dressings, fc.nat(4), (rules, dressing, pick) => {
      const source = writeRules(rules, dressing);
      const at = pick % rules.length;
      const hashed = hashRules(parseSource(source), 'engine');
      const needing = hashed
        .filter(({ dependencies }) => dependencies.includes(`r${at}`))
        .map((each) => each.rule.name);
      const removal = removeRule(source, `r${at}`);
      if (removal.kind !== 'removed') {
        t.deepEqual(removal, { kind: 'needed', by: needing });
        return;
      }
      t.deepEqual(needing, []);
      const after = parseSource(removal.source);
      t.deepEqual(after.problems, []);
      t.deepEqual(
        removal.left,
        after.rules.map(({ name }) => name),
      );
      t.deepEqual(
        hashRules(after, 'engine').map(({ rule, logicHash }) => [rule.name, rule.meta, logicHash]),
        hashed.toSpliced(at, 1).map(({ rule, logicHash }) => [rule.name, rule.meta, logicHash]),
      );
      t.is(removal.source.length < source.length, true);
    }),
    { numRuns: 300 },
  );
});

const text = (...names: readonly string[]) => names.map((name) => `rule ${name} {\n  condition: true\n}\n`).join('\n');

test('the lines of the rule and one of the gaps around it are removed', (t) => {
  for (const [at, name] of ['a', 'b', 'c'].entries()) {
    const removal = removeRule(text('a', 'b', 'c'), name);
    t.deepEqual(removal, {
      kind: 'removed',
      source: text(...['a', 'b', 'c'].toSpliced(at, 1)),
      left: ['a', 'b', 'c'].toSpliced(at, 1),
    });
  }
  t.like(removeRule(`import "pe"\n\n${text('a')}`, 'a'), { source: 'import "pe"\n', left: [] });
  t.like(removeRule('rule a { condition: true } rule b { condition: true }', 'a'), {
    source: ' rule b { condition: true }',
  });
  t.like(removeRule('/*x*/rule a { condition: true }//y\n', 'a'), { source: '/*x*/ //y\n' });
});

test('wildcards and global rules also need rules', (t) => {
  const set = 'rule a_1 { condition: true } rule b { condition: any of (a_*) }';
  t.deepEqual(removeRule(set, 'a_1'), { kind: 'needed', by: ['b'] });
  t.deepEqual(removeRule('rule b { condition: true } global rule g { condition: true }', 'g'), {
    kind: 'needed',
    by: ['b'],
  });
  t.deepEqual(removeRule(set, 'c'), { kind: 'absent' });
});

test('blanks and blank lines around a rule take no more time than other text', (t) => {
  const [blanks, lines] = [' '.repeat(200_000), '\n'.repeat(200_000)];
  const removed = removeRule(
    `//${blanks}x\n${lines}${blanks}rule a { condition: true }${blanks}${lines}//${blanks}x\n`,
    'a',
  );
  t.deepEqual(removed, { kind: 'removed', source: `//${blanks}x\n${lines}//${blanks}x\n`, left: [] });
});
