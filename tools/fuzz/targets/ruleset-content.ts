import type { FuzzTarget } from '../fuzz-target.ts';
import { readJson } from '../mutate/tree.ts';
import { packRuleset, rulesetContent } from '../seeds/ruleset-bytes.ts';
import { checkRuleset } from './ruleset-file.ts';

/** Like `ruleset-file`, with mutations of the content under correct hashes. */
export const target: FuzzTarget = {
  name: 'ruleset-content',
  of: ['src/rules/ruleset-file.ts'],
  syntax: 'json',
  seeds: () => [rulesetContent()],
  words: [
    'header',
    'sources',
    'image',
    'rules',
    'id',
    'engine',
    'memoryBytes',
    'references',
    'rulesAddress',
    'externals',
    'namespace',
    'source',
  ],
  run: (input) => checkRuleset(packRuleset(readJson(input.toString()))),
};
