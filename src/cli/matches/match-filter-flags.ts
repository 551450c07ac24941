import { z } from 'zod';

/** Flags that choose matches by their rule and path. */
export const matchFilterFlags = [
  ['--rule <name>', 'Only of this rule: its name, or namespace:name. * and ? are wildcards.'],
  ['--severity <list>', 'Only of rules with one of these severities, separated by commas.'],
  ['--tag <tag>', 'Only of rules with this tag.'],
  ['--path <pattern>', 'Only where the path of the first object fits: * is any text, ? one character.'],
] as const;

/** Their values. */
export const matchFilterOptions = {
  rule: z.string().min(1).optional(),
  severity: z
    .string()
    .toLowerCase()
    .transform((list) => list.split(',').map((each) => each.trim()))
    .optional(),
  tag: z.string().min(1).optional(),
  path: z.string().min(1).optional(),
};
