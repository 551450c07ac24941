import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import { openEngineRules } from '../testing/rules/engine-rules.ts';
import { baseSources, createBaseShelf } from './base-image.ts';
import { layeredRuleset } from './layered-ruleset.ts';

/** Large enough that compiling only a part is worth it. */
const filler = `// ${'x'.repeat(300 * 1024)}\n`;
const from = (namespace: string, source: string): RuleSource => ({ namespace, source });
const image = { engineSha256: 'e' } as RulesetImage;
const shelfOf = (sources: readonly RuleSource[]) => {
  const shelf = createBaseShelf();
  shelf.add('base', () => ({ image, sources: baseSources(sources) }));
  return shelf;
};

const text = (word: string) => `rule ${word} { strings: $a = "${word}" condition: $a }`;
const edits = fc.dictionary(
  fc.constantFrom('a.yar', 'b.yar', 'c.yar', 'd.yar'),
  fc.constantFrom('one', 'two', 'three').map(text),
  { noNullPrototype: true },
);
const sourcesOf = (files: Readonly<Record<string, string>>) => [
  ...Object.entries(files).map(([namespace, source]) => from(namespace, source)),
  from('z.yar', `${filler}${text('last')}`),
];

test('on top of a base, a ruleset finds exactly what it finds alone, in the same order', (t) => {
  const payload = Buffer.from('.. three, two, one, last');
  fc.assert(
    fc.property(edits, edits, (before, now) => {
      const [base, sources] = [sourcesOf(before), sourcesOf(now)];
      const found = shelfOf(base).find(sources);
      if (found === null) return t.fail('nothing was found to load it on');
      const { hidden, sources: changed } = found.layer;
      const order = sources.map(({ namespace }) => namespace);
      const layer = changed.length === 0 ? null : openEngineRules(changed);
      const layered = layeredRuleset({ base: openEngineRules(base), layer, hidden, order });
      const whole = openEngineRules(sources);
      t.deepEqual(layered.scan(payload, externalsOf('')), whole.scan(payload, externalsOf('')));
      layered.free();
      whole.free();
    }),
    { numRuns: 12 },
  );
});

test('only what changed is compiled', (t) => {
  const base = sourcesOf({ 'a.yar': text('one'), 'b.yar': text('two') });
  const { layer } = shelfOf(base).find(sourcesOf({ 'a.yar': text('one'), 'c.yar': text('two') })) ?? {};
  t.deepEqual(layer, { hidden: ['b.yar'], sources: [from('c.yar', text('two'))] });
  const variable = { name: 'team', type: 'string', default: 'a' } as const;
  const declared = base.map((each) => (each.namespace === 'a.yar' ? { ...each, variables: [variable] } : each));
  t.deepEqual(shelfOf(base).find(declared)?.layer.hidden, ['a.yar']);
});

test('small rulesets, and those of which much changed, are compiled as a whole', (t) => {
  const small = [from('a.yar', text('one'))];
  t.is(shelfOf(sourcesOf({})).find(small), null);
  t.is(shelfOf(small).find(sourcesOf({})), null);
  t.is(shelfOf([from('a.yar', `${filler}${text('one')}`)]).find([from('a.yar', `${filler}${text('two')}`)]), null);
});

test('rules that are gone do not print', (t) => {
  const printing = 'import "console" rule p { condition: console.log("x") }';
  const base = sourcesOf({ 'a.yar': printing });
  t.is(shelfOf(base).find(sourcesOf({})), null);
  t.not(shelfOf(base).find(sourcesOf({ 'a.yar': printing, 'b.yar': text('one') })), null);
});

test('the parts of rulesets that retro scans load take no base away', (t) => {
  const base = sourcesOf({ 'a.yar': text('one') });
  const shelf = shelfOf(base);
  for (let part = 0; part < 20; part += 1) {
    shelf.add(`part ${part}`, () => ({ image, sources: baseSources([from('a.yar', text('one'))]) }));
    t.not(shelf.find(sourcesOf({ 'a.yar': text('two') })), null);
  }
});
