import test from 'ava';
import { buildRuleset } from '../ruleset.ts';
import { parseSource } from '../syntax/parse.ts';
import { comparePatterns } from './compare-patterns.ts';
import { createScopeComparison } from './compare-scope.ts';
import { type Formula, gate, literal } from './formula.ts';
import { createImplication } from './implies.ts';
import { meaningOf } from './pattern-meaning.ts';
import { readOf } from './read-of.ts';
import { createRuleReading } from './rule-reading.ts';
import { createWork, WorkSpent } from './work.ts';

/** The same object; reading its properties more than `most` times throws. */
function countingLooks<T extends object>(
  target: T,
  most: number,
): { readonly counted: T; readonly looks: () => number } {
  let looks = 0;
  const counted = new Proxy(target, {
    get(object, key, receiver): unknown {
      looks += 1;
      if (looks > most) throw new Error(`more than ${most} looks`);
      return Reflect.get(object, key, receiver);
    },
  });
  return { counted, looks: () => looks };
}

function ruleOf(text: string) {
  const rule = parseSource(`rule r { ${text} }`).rules[0];
  if (rule === undefined) throw new Error('There is no rule.');
  return rule;
}

const list = (size: number, write: (index: number) => string, separator: string) =>
  Array.from({ length: size }, (_, index) => write(index)).join(separator);

test('a set is looked up by its prefix, without trying all strings of the rule for each', (t) => {
  const size = 300;
  const strings = list(size, (index) => `$a${index} = "x ${index}"`, ' ');
  const rule = ruleOf(`strings: ${strings} condition: ${list(size, () => 'any of ($a1*)', ' or ')}`);
  const reading = createRuleReading(
    rule,
    () => {
      throw new Error('No rule is named.');
    },
    () => [],
  );
  const patterns = countingLooks(reading.patterns, 10 * size);
  const watched = { ...reading, patterns: patterns.counted };
  const width = 6;
  for (let at = 0; at < size; at += 1) {
    const range = { start: at * (width + 1), end: at * (width + 1) + width };
    const read = readOf(watched, reading.brackets ?? new Map(), range, 'true', () => t.fail('no part') as never);
    t.is(read?.formula.kind, at * 111 + 111 <= 20_000 ? 'gate' : undefined);
  }
});

test('parts without a partner are tried only within the work limit', (t) => {
  let looks = 0;
  const part = (key: string): Formula => ({
    ...literal({ kind: 'opaque', key, total: false }, 'true'),
    get key() {
      looks += 1;
      if (looks > 2_000_000) throw new Error('more looks than the work allows');
      return `true ${key}`;
    },
  });
  const side = (name: string) =>
    gate(
      1,
      Array.from({ length: 5000 }, (_, index) => part(`${name} ${index}`)),
    );
  const [one, other] = [side('one'), side('other')];
  t.false(createImplication(createWork(1_000_000))(one, other));
  t.true(looks > 10_000);
});

test('parts with the same key are grouped, not copied for each', (t) => {
  const same = Array.from({ length: 50_000 }, () => literal({ kind: 'opaque', key: 'k', total: false }, 'true'));
  const implies = createImplication(createWork(1_000_000));
  t.true(implies(gate(2, same), gate(1, same)));
});

test('bytes of patterns are compared only within the work limit', (t) => {
  const patternOf = (text: string) => {
    const pattern = ruleOf(`strings: $a = "${text}" condition: $a`).patterns[0];
    if (pattern === undefined) throw new Error('There is no pattern.');
    return meaningOf(pattern);
  };
  const [long, short] = [patternOf('a'.repeat(2000)), patternOf(`${'a'.repeat(999)}b`)];
  t.is(comparePatterns(long, short, createWork(1_000_000)), 'none');
  t.throws(() => comparePatterns(long, short, createWork(1000)), { instanceOf: WorkSpent });
});

test('the result is unknown beyond the work limit of one query or of all queries', (t) => {
  const rules = (name: string) =>
    list(
      15,
      (rule) =>
        `rule r${rule} { strings: ${list(300, (at) => `$a${at} = "${name} ${rule} ${at}"`, ' ')} condition: any of them }`,
      '\n',
    );
  const side = (source: string) => {
    const parsed = parseSource(source).rules;
    return {
      ruleset: buildRuleset([{ namespace: 'n', source }], { name: 'yara-x', version: '1' }),
      rulesOf: () => parsed,
    };
  };
  const plain = (filesize: number) => `rule last { condition: filesize > ${filesize} }`;
  const scopes = (base: string, head: string) => {
    const [was, is] = [side(base), side(head)];
    const compare = createScopeComparison(was, is);
    return is.ruleset.rules.map((rule, at) => {
      const before = was.ruleset.rules[at];
      return before === undefined ? 'unknown' : compare(before, rule);
    });
  };
  t.deepEqual(scopes(plain(1), plain(2)), ['narrower']);
  const all = scopes(`${rules('x')} ${plain(1)}`, `${rules('y')} ${plain(2)}`);
  t.deepEqual([...new Set(all)], ['unknown']);
});

test('rules that use sets of rules are read without going through all rules before each', (t) => {
  const source = list(2000, (index) => `rule a${index} { condition: filesize > ${index} or any of (z*, y*) }`, '\n');
  const { rules } = parseSource(source);
  const parsed = countingLooks(rules, 40 * rules.length);
  const ruleset = { ...buildRuleset([], { name: 'yara-x', version: '1' }) };
  const entries = rules.map(({ name }) => ({
    ...{ namespace: 'n', name, logicHash: name, tags: [], meta: [], dependencies: [] },
    ...{ private: false, global: false },
  }));
  const side = { ruleset: { ...ruleset, rules: entries }, rulesOf: () => parsed.counted };
  const compare = createScopeComparison(side, side);
  for (const entry of entries) t.is(compare(entry, entry), 'same');
});
