import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { compile } from '../../engine/compile.ts';
import { type RuleEdit, ruleEdits, tinyFiles } from '../../testing/rules/arbitrary-rule-edits.ts';
import { conditionEdits, patternEdits } from '../../testing/rules/arbitrary-small-edits.ts';
import { tokenEdits } from '../../testing/rules/arbitrary-token-edits.ts';
import { checkSources } from '../../testing/rules/check-sources.ts';
import { buildRuleset } from '../ruleset.ts';
import { parseSource } from '../syntax/parse.ts';
import { createScopeComparison, type Scope } from './compare-scope.ts';

const engine = { name: 'yara-x', version: '1' };
const externals = externalsOf('/srv/in/file.bin');

const ruleOf = ({ namespace, rule }: { readonly namespace: string; readonly rule: string }) => `${namespace}:${rule}`;

function scopesOf(before: string, after: string): Map<string, Scope> {
  const side = (source: string) => {
    const { rules } = parseSource(source);
    return { ruleset: buildRuleset([{ namespace: 'n', source }], engine), rulesOf: () => rules };
  };
  const [base, head] = [side(before), side(after)];
  const compare = createScopeComparison(base, head);
  const old = new Map(base.ruleset.rules.map((each) => [each.name, each]));
  return new Map(
    head.ruleset.rules.flatMap((is) => {
      const was = old.get(is.name);
      return was === undefined ? [] : [[is.name, compare(was, is)]];
    }),
  );
}

/** Wrong results for a pair of sources, given the matches in each file. */
function findWrong(
  { before, after }: RuleEdit,
  matched: (side: 'before' | 'after', name: string, file: number) => boolean,
  files: readonly Buffer[],
) {
  const wrong: string[] = [];
  const reported: string[] = [];
  for (const [name, scope] of scopesOf(before, after)) {
    const gained = files.findIndex((_, at) => !matched('before', name, at) && matched('after', name, at));
    const lost = files.findIndex((_, at) => matched('before', name, at) && !matched('after', name, at));
    const isWrong =
      (lost >= 0 && (scope === 'same' || scope === 'broader')) ||
      (gained >= 0 && (scope === 'same' || scope === 'narrower'));
    const file = JSON.stringify(files[isWrong && lost >= 0 ? lost : gained]?.toString('latin1'));
    if (isWrong) wrong.push(`${name} is said to be ${scope}, but see the file ${file}:\n${before}\n${after}`);
    reported.push(gained >= 0 || lost >= 0 ? `${scope}, seen` : scope);
  }
  return { wrong, reported };
}

/** Whether both versions do. */
function compiles({ before, after }: RuleEdit): boolean {
  const sources = [before, after].map((source) => ({ namespace: 'n', source }));
  return checkSources(sources).errors.length === 0;
}

const kinds = {
  'a rule with other strings': { edits: patternEdits, size: 120, mayFail: false, least: 20 },
  'a rule with another condition': { edits: conditionEdits, size: 120, mayFail: false, least: 20 },
  'rules that name each other, with any edits': { edits: ruleEdits, size: 60, mayFail: false, least: 20 },
  'a rule of words in any order': { edits: tokenEdits, size: 80, mayFail: true, least: 4 },
} as const;

for (const [kind, { edits, size, mayFail, least }] of Object.entries(kinds)) {
  test(`${kind}: a rule reported as broader or narrower is so for every file, according to the engine`, (t) => {
    t.timeout(300_000);
    const reported: Record<string, number> = {};
    const wrong: string[] = [];
    const pairsOf = fc.array(edits, { minLength: size, maxLength: size });
    const filesOf = fc.array(tinyFiles, { minLength: 80, maxLength: 80 });
    fc.assert(
      fc.property(pairsOf, filesOf, (given, files) => {
        const pairs = mayFail ? given.filter(compiles) : given;
        using rules = compile(
          pairs.flatMap(({ before, after }, index): RuleSource[] => [
            { namespace: `before ${index}`, source: before },
            { namespace: `after ${index}`, source: after },
          ]),
        );
        const matches = files.map((file) => new Set(rules.scan(file, externals).map(ruleOf)));
        for (const [index, pair] of pairs.entries()) {
          const found = findWrong(
            pair,
            (side, name, at) => matches[at]?.has(`${side} ${index}:${name}`) === true,
            files,
          );
          wrong.push(...found.wrong);
          for (const each of found.reported) reported[each] = (reported[each] ?? 0) + 1;
        }
      }),
      { numRuns: Number(process.env['SCOPE_RUNS'] ?? 6), endOnFailure: true },
    );
    // All of them: shrinking hundreds of rules would not help.
    t.deepEqual(wrong.toSorted((a, b) => a.length - b.length).slice(0, 3), []);
    // Often enough it is certain, and the files distinguish versions.
    for (const scope of ['broader', 'narrower']) {
      t.true((reported[`${scope}, seen`] ?? 0) > least, JSON.stringify(reported));
    }
  });
}
