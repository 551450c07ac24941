import test from 'ava';
import fc from 'fast-check';
import { externalsOf } from '../../domain/externals.ts';
import type { RuleSource } from '../../domain/rule.ts';
import { compile } from '../../engine/compile.ts';
import { ruleEdits, tinyFiles } from '../../testing/arbitrary-rule-edits.ts';
import { parseSource } from '../parse.ts';
import { buildRuleset } from '../ruleset.ts';
import { createScopeComparison, type Scope } from './compare-scope.ts';

const engine = { name: 'yara-x', version: '1' };
const externals = externalsOf('/srv/in/file.bin');

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

test('what is said to be broader or narrower is so for every file, as the engine has it', (t) => {
  const told: Record<string, number> = {};
  let proper = 0;
  fc.assert(
    fc.property(
      fc.array(ruleEdits, { minLength: 60, maxLength: 60 }),
      fc.array(tinyFiles, { minLength: 80, maxLength: 80 }),
      (pairs, files) => {
        const sources = pairs.flatMap(({ before, after }, index): RuleSource[] => [
          { namespace: `${index}/before`, source: before },
          { namespace: `${index}/after`, source: after },
        ]);
        using rules = compile(sources);
        const matches = files.map(
          (file) => new Set(rules.scan(file, externals).map(({ namespace, rule }) => `${namespace}:${rule}`)),
        );
        pairs.forEach(({ before, after }, index) => {
          const scopes = scopesOf(before, after);
          for (const [name, scope] of scopes) {
            told[scope] = (told[scope] ?? 0) + 1;
            let [gained, lost] = [0, 0];
            files.forEach((file, at) => {
              const was = matches[at]?.has(`${index}/before:${name}`);
              const is = matches[at]?.has(`${index}/after:${name}`);
              if (was && !is) lost += 1;
              if (is && !was) gained += 1;
              const isWrong =
                (scope !== 'unknown' && scope !== 'narrower' && was && !is) ||
                (scope !== 'unknown' && scope !== 'broader' && is && !was);
              if (isWrong)
                throw new Error(
                  `${name} is said to be ${scope}; ${JSON.stringify(file.toString('latin1'))} was ${was}, is ${is}\n${before}\n${after}`,
                );
            });
            if (scope !== 'unknown' && scope !== 'same' && gained + lost > 0) proper += 1;
          }
        });
      },
    ),
    { numRuns: Number(process.env["SCOPE_RUNS"] ?? 3), endOnFailure: true },
  );
  t.log(told, proper);
  t.pass();
});
