import { idioms, verbs } from './idioms.ts';
import { vocabulary } from './vocabulary.ts';
import type { WordRule } from './word-rule.ts';

/** Every word rule: the house vocabulary, ordinary verbs, idioms. Names are unique. */
export const wordRules: readonly WordRule[] = [...vocabulary, ...verbs, ...idioms];
