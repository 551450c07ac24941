import test from 'ava';
import { buildRuleset } from '../../rules/ruleset.ts';
import { describeDiff } from './ruleset-diff.ts';

test('the output of a publish shows the changes and nothing else', (t) => {
  const build = (text: string) => {
    const source = `rule Helper { strings: $a = "${text}" condition: $a } rule User { condition: Helper }`;
    return buildRuleset([{ namespace: 'a', source }], { name: 'yara-x', version: '1' });
  };
  t.deepEqual(describeDiff(build('one'), build('two')), [
    '~ a:Helper: $a changed',
    '~ a:User: depends on Helper, which changed',
    '2 changes, 0 unchanged; 2 rules need a retro scan',
  ]);
});
