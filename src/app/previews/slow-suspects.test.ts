import test from 'ava';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { previewRuleset } from '../../rules/preview-ruleset.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { slowSuspects } from './slow-suspects.ts';

const quick = ruleFor('Quick', 'quick');
const slowPattern = (name: string) => `rule ${name} { strings: $a = {00 [1-10] 00} condition: $a }`;
const slowLoop = (name: string) =>
  `rule ${name} { condition: for all i in (0..filesize) : ( uint8(i) >= 0 ) and filesize < 9 }`;
const manyTimes = (name: string) =>
  `rule ${name} {\n  condition:\n    for all i in (0..1000000) : ( uint8(i) >= 0 )\n}`;

async function suspects(before: string, now: string) {
  const rulesetOf = (source: string) => buildRuleset([{ namespace: 'a.yar', source }], engineInfo());
  return slowSuspects(previewRuleset(rulesetOf(before), rulesetOf(now))?.sources ?? []);
}

test('slow rules are found among the previewed rules, each once', async (t) => {
  const now = [quick, slowPattern('Pattern'), slowLoop('Loop'), manyTimes('Many'), ruleFor('Last', 'last')];
  t.deepEqual(await suspects('', now.join('\n')), { now: ['a.yar:Pattern', 'a.yar:Loop', 'a.yar:Many'], before: [] });
  // On one line, too.
  t.deepEqual((await suspects('', `${quick.trim()} ${slowPattern('One')} ${slowLoop('Two')}`)).now, [
    'a.yar:One',
    'a.yar:Two',
  ]);
});

test('a rule that is no longer slow is listed as slow before', async (t) => {
  t.deepEqual(await suspects(slowPattern('Mended'), ruleFor('Mended', 'quick')), { now: [], before: ['a.yar:Mended'] });
  t.deepEqual(await suspects(slowPattern('Still'), slowLoop('Still')), { now: ['a.yar:Still'], before: [] });
});

test('a slow dependency of a previewed rule is found; an unrelated slow rule is not', async (t) => {
  const helped = (text: string) =>
    `private ${slowPattern('Helper')} rule Asks { strings: $b = "${text}" condition: $b and Helper } ${slowLoop('Other')}`;
  t.deepEqual(await suspects(helped('before'), helped('after')), { now: ['a.yar:Helper'], before: [] });
});

test('if the engine reports no slow rule, none is named', async (t) => {
  t.deepEqual(await suspects('', quick), { now: [], before: [] });
});
