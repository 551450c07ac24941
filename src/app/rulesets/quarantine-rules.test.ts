import test from 'ava';
import fc from 'fast-check';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { checkRules } from '../../engine/diagnostics/check-rules.ts';
import type { LoadedRuleFile } from '../../rules/load-rules.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import { checkSources } from '../../testing/rules/check-sources.ts';
import { runs } from '../../testing/runs.ts';
import { quarantineRules } from './quarantine-rules.ts';

const file = (namespace: string, source: string): LoadedRuleFile => ({
  ...{ namespace, source, path: `/rules/${namespace}`, included: [], problems: [] },
  locate: (line) => ({ file: namespace, line }),
});

const check = async (sources: readonly RuleSource[]) => checkSources(sources);

async function quarantined(source: string, namespace = 'vendor/pack/a.yar') {
  const given = [file(namespace, source)];
  const result = await quarantineRules(given, (await check(given)).errors, { check });
  const [rest] = result.files;
  return {
    kept: rest === undefined ? [] : parseSource(rest.source).rules.map(({ name }) => name),
    source: rest?.source ?? '',
    reasons: result.quarantined.map(({ rule, line, code, reason }) => `${rule} ${line} ${code}: ${reason}`),
  };
}

test('a rule that does not compile is taken out, with those that need it, and the others stay where they are', async (t) => {
  const source = `rule good { condition: true }
private rule bad { condition: foo }
rule needs { condition: bad and good }
rule alsoNeeds { condition: needs }
rule last { condition: good }`;
  const { kept, reasons, source: rest } = await quarantined(source);
  t.deepEqual(kept, ['good', 'last']);
  t.is(rest.length, source.length);
  t.is(rest.indexOf('rule last'), source.indexOf('rule last'));
  t.deepEqual(reasons, [
    'bad 2 E009: unknown identifier `foo`: this identifier has not been declared',
    'needs 3 E009: it needs the rule bad, which is quarantined',
    'alsoNeeds 4 E009: it needs the rule needs, which is quarantined',
  ]);
});

test('syntax errors, unknown modules, duplicates and texts that are not UTF-8 cost their own rule', async (t) => {
  const { kept, reasons } = await quarantined(`import "nope"
import "pe"
rule a { condition: pe.is_pe }
rule broken { strings: $a = "x condition: $a }
rule b { condition: nope.x }
rule a { condition: false }
rule bytes { strings: $a = "\ufffd" condition: $a }
rule { condition: true }
rule c { meta: author = "J\u00f6rg" condition: true } // \ufffd
rule open { condition: true`);
  t.deepEqual(kept, ['a', 'c']);
  t.deepEqual(
    reasons.map((each) => each.split(':')[0]),
    ['null 1 E010', 'broken 4 E001', 'b 5 E009', 'a 6 E012', 'bytes 7 load/encoding', 'null 8 E001', 'open 10 E001'],
  );
});

test('an error behind wide characters on its line is put down to its own rule', async (t) => {
  const wide = '/* 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀 */';
  const { kept } = await quarantined(
    `rule a { condition: true } ${wide} rule b { condition: and } rule c { condition: true }`,
  );
  t.deepEqual(kept, ['a', 'c']);
});

test('a global rule that does not compile costs all of its file, which would match more without it', async (t) => {
  const { kept, reasons } = await quarantined(`rule a { condition: true }
private global rule gate { condition: foo }
rule b { condition: true }`);
  t.deepEqual(kept, []);
  t.deepEqual(reasons, [
    'a 1 E009: it needs the global rule gate, which is quarantined',
    'gate 2 E009: unknown identifier `foo`: this identifier has not been declared',
    'b 3 E009: it needs the global rule gate, which is quarantined',
  ]);
  t.deepEqual(
    (await quarantined('/* rule */ global /* x */ rule gate { condition: ( }\nrule b { condition: true }')).kept,
    [],
  );
});

test('what only follows from a syntax error costs nothing', async (t) => {
  const { kept, reasons } = await quarantined('\0import "pe"\nrule a { condition: pe.is_pe }');
  t.deepEqual(kept, ['a']);
  t.is(reasons.length, 1);
});

test('a file of which nothing is left is no source', async (t) => {
  const given = [file('vendor/pack/a.yar', 'rule a { condition: foo }')];
  const { files, quarantined: found } = await quarantineRules(given, (await check(given)).errors, { check });
  t.deepEqual(files, []);
  t.is(found.length, 1);
});

test('errors of rules that are not public stay errors', async (t) => {
  const { kept, reasons } = await quarantined('rule a { condition: foo }', 'own/a.yar');
  t.deepEqual(kept, ['a']);
  t.deepEqual(reasons, []);
});

test('a crash of the engine costs its file, and no other', async (t) => {
  const crash = file('vendor/pack/crash.yar', `rule a { condition: ${'('.repeat(200_000)}true${')'.repeat(200_000)} }`);
  const given = [file('vendor/pack/a.yar', 'rule a { condition: true }'), crash];
  const { files, quarantined: found } = await quarantineRules(
    given,
    (await checkRules(given.map((each) => withVariables(each)))).errors,
    {
      check: checkRules,
    },
  );
  t.deepEqual(
    files.map(({ namespace }) => namespace),
    ['vendor/pack/a.yar'],
  );
  t.deepEqual(
    found.map(({ namespace, rule, code }) => [namespace, rule, code]),
    [[crash.namespace, 'a', 'engine/crash']],
  );
});

/** Rules: good ones, bad ones, and ones that need an earlier rule; in any order, on one line or many. */
const rules = fc.array(
  fc.record({
    kind: fc.constantFrom('good', 'unknown', 'syntax', 'open', 'loop', 'unused', 'regexp', 'needs'),
    needs: fc.nat(30),
    layout: fc.constantFrom(' ', '\n', '\n\n// a comment {\n', ' /* 日本語 😀 */ '),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Position of a rule, as the engine counts. */
const charactersBefore = (source: string, name: string) => [...source.slice(0, source.indexOf(`rule ${name} `))].length;

test('exactly the rules that compile remain, whatever is between them', async (t) => {
  await fc.assert(
    fc.asyncProperty(rules, async (model) => {
      const good: boolean[] = [];
      const texts = model.map(({ kind, needs, layout }, index) => {
        const needed = index === 0 ? -1 : needs % index;
        good.push(kind === 'good' || (kind === 'needs' && (good[needed] ?? true)));
        const condition = {
          good: 'true',
          unknown: 'nothing',
          syntax: 'and',
          open: '',
          loop: 'for any i in (1..2) : ( i == 1',
          unused: 'true',
          regexp: '$a',
          needs: needed < 0 ? 'true' : `r${needed}`,
        };
        const strings = {
          good: '',
          unknown: '',
          syntax: '',
          open: '',
          loop: '',
          needs: '',
          unused: 'strings: $b = "b"',
          regexp: 'strings: $a = /(/',
        };
        if (kind === 'open') return `rule r${index} { condition: filesize > 1${layout}`;
        return `rule r${index} { ${strings[kind]} condition:${layout}${condition[kind]} }${layout}`;
      });
      const source = texts.join('');
      const { kept, reasons, source: rest } = await quarantined(source);
      t.deepEqual(
        kept,
        good.flatMap((each, index) => (each ? [`r${index}`] : [])),
      );
      t.is(kept.length + reasons.length, model.length);
      for (const name of kept) t.is(charactersBefore(rest, name), charactersBefore(source, name));
    }),
    { numRuns: runs(60) },
  );
});
