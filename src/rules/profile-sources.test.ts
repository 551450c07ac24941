import test from 'ava';
import { externalsOf } from '../domain/rulesets/externals.ts';
import { compile } from '../engine/compile.ts';
import { checkSources } from '../testing/rules/check-sources.ts';
import { loadRules } from './load-rules.ts';
import { singleRules } from './profile-sources.ts';

test('a rule is taken with what it needs, global rules included, and nothing else', (t) => {
  const source = `import "pe"
global private rule Small { condition: filesize < 9 }
private rule Base { condition: Small }
rule Other { condition: true }
rule A_1 { condition: true }
rule Set { condition: any of (A_1) }
rule Mine : tag { meta: m = 1 strings: $ = "x" nocase $r = /ab}c/i condition: Base and any of them and not owner == "x" }`;
  const variables = [{ name: 'owner', type: 'string', default: '' } as const];
  const [mine] = singleRules({ namespace: 'a.yar', source, variables }, (name) => name === 'Mine');
  if (mine === undefined) return t.fail();
  t.deepEqual(
    [...mine.source.source.matchAll(/rule (\w+)/g)].map(([, name]) => name),
    ['Small', 'Base', 'Mine'],
  );
  t.deepEqual(mine.source.variables, variables);
  t.deepEqual(
    mine.strings.map(({ identifier }) => identifier),
    ['$', '$r'],
  );
  using rules = compile([mine.source]);
  t.deepEqual(
    rules.scan(Buffer.from('X'), externalsOf('')).map(({ rule }) => rule),
    ['Mine'],
  );
  const [set] = singleRules({ namespace: 'a.yar', source }, (name) => name === 'Set');
  t.true(set?.source.source.includes('rule A_1'));
  t.deepEqual(
    singleRules({ namespace: 'a.yar', source }, (name) => name === 'Base'),
    [],
  );
});

test('every rule of this project compiles by itself, and so do its strings', async (t) => {
  const { files } = await loadRules(new URL('../../rules', import.meta.url).pathname);
  const rules = files.flatMap((file) => singleRules(file, () => true));
  t.true(rules.length > 20);
  const sources = rules.flatMap(({ source, strings }) => [source, ...strings.map((each) => each.source)]);
  t.deepEqual(checkSources(sources.map((each, at) => ({ ...each, namespace: `${at}` }))).errors, []);
});
