import test from 'ava';
import { externalsOf } from '../domain/rulesets/externals.ts';
import { loadSources } from './load-sources.ts';
import { engineSha256 } from './module/engine-module.ts';
import { compiledEngineModule } from './yara.ts';
import { zeroOfAsNone } from './zero-of.ts';

const origin = { module: compiledEngineModule(), engineSha256: engineSha256() };

function matches(source: string, text: string): boolean {
  const rules = loadSources([{ namespace: 'a.yar', source }], origin);
  const found = rules.scan(Buffer.from(text), externalsOf('a'));
  rules.free();
  return found.some(({ rule }) => rule === 'R');
}

const rule = (quantifier: string) =>
  `rule R { strings: $a = "abcd" nocase $b = "zzzz" $d = "abcd" condition: ${quantifier} of ($b, $d) or #a < 0 }`;
const neighbour = 'rule Z { strings: $x = "abcd" condition: $x }\n';

test('"0 of" means none, whatever other rules are there', (t) => {
  for (const quantifier of ['0', '0x0', 'none']) {
    for (const before of ['', neighbour]) {
      t.false(matches(before + rule(quantifier), 'an abcd'), `${quantifier} ${before}`);
      t.true(matches(before + rule(quantifier), 'nothing'), `${quantifier} ${before}`);
    }
  }
});

test('only the number of a quantifier is replaced', (t) => {
  const source = `rule R { strings: $a = "0 of them" condition: /* 0 of them */ 10 of them or #a == 0 or 0\n of them }`;
  const [changed] = zeroOfAsNone([{ namespace: 'a.yar', source }]);
  t.is(changed?.source, source.replace('0\n of', 'none\n of'));
  const other = [{ namespace: 'a.yar', source: 'rule R { condition: filesize > 0 }' }];
  t.is(zeroOfAsNone(other), other);
});
