import { filledFlag, textFlag } from '../flags/flag.ts';
import { listed } from '../flags/flags.ts';

/** Flags that choose matches by their rule and path. */
export const matchFilterFlags = [
  ['--rule <name>', 'Only of this rule: its name, or namespace:name. * and ? are wildcards.'],
  ['--severity <list>', 'Only of rules with one of these severities, separated by commas.'],
  ['--tag <tag>', 'Only of rules with this tag.'],
  ['--path <pattern>', 'Only where the path of the first object fits: * is any text, ? one character.'],
] as const;

/** Their values. */
export const matchFilterOptions = {
  rule: filledFlag.optional(),
  severity: listed(textFlag.transform((text) => text.toLowerCase())).optional(),
  tag: filledFlag.optional(),
  path: filledFlag.optional(),
};
