import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import { compile } from './compile.ts';

const from = (namespace: string, source: string): RuleSource => ({ namespace, source });
const payload = Buffer.from(`${'.'.repeat(20)}needle${'.'.repeat(20)}`);

function matchesOf(sources: readonly RuleSource[]): readonly string[] {
  const rules = compile(sources);
  const found = rules.scan(new Uint8Array(payload), externalsOf(''));
  rules.free();
  return found.map(({ namespace, rule, strings }) => `${namespace} ${rule} ${strings.map(({ offset }) => offset)}`);
}

test('a rule for files of some sizes hides its texts from no other rule', (t) => {
  for (const guard of ['filesize < 5', '5 > filesize', 'filesize > 500', 'filesize < 0']) {
    const small = from('a.yar', `rule small { strings: $a = "needle" condition: ${guard} and $a }`);
    for (const text of ['"needle"', '"\\x6eeedle"']) {
      const every = from('b.yar', `rule every { strings: $a = ${text} condition: $a }`);
      t.deepEqual(matchesOf([small, every]), ['b.yar every 20'], `${guard} ${text}`);
    }
  }
});

const rule = fc.record({
  // Mostly equal ones, since only these can hide one another.
  text: fc.constantFrom(...Array(4).fill('"needle"'), '"\\x6eeedle"', '"need"', '{ 6e 65 65 64 6c 65 }', '/needle/'),
  modifiers: fc.constantFrom(...Array(4).fill(''), 'nocase', 'wide ascii', 'xor', 'private'),
  condition: fc.constantFrom(
    ...['$a', '$a and filesize < 5', 'filesize < 100 and $a', 'filesize > 5 and filesize < 10 and $a'],
    ...['#a == 1 and filesize > 1', '$a in (0..filesize)', '$a at filesize % 26', 'not $a or filesize == 46'],
    ...['with size = filesize : ($a and size < 50)', 'for any i in (filesize - 30..filesize) : ($a at i)'],
  ),
});

test('a file of rules matches the same whatever other files are in the ruleset', (t) => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 2, maxLength: 4 }), (rules) => {
      const sources = rules.map(({ text, modifiers, condition }, index) => {
        const usable = text.startsWith('"') || modifiers === 'private' ? modifiers : '';
        return from(`${index}.yar`, `rule r { strings: $a = ${text} ${usable} condition: ${condition} }`);
      });
      t.deepEqual(
        matchesOf(sources),
        sources.flatMap((source) => matchesOf([source])),
      );
    }),
    { numRuns: 60 },
  );
});

test('an error of rules with a text in common has the place where it was written', (t) => {
  const error = t.throws(
    () =>
      compile([
        from('a.yar', 'rule a { strings: $a = "needle" condition: filesize < 5 and $a and foo }'),
        from('b.yar', 'rule b { strings: $a = "needle" condition: $a }'),
      ]),
    { code: 'ERR_RULES_INVALID' },
  );
  t.regex(error?.message ?? '', /a\.yar:1:68/);
});
