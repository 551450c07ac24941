import type { WordRule } from './word-rule.ts';

/** One term for one thing. */
export const vocabulary: readonly WordRule[] = [
  {
    name: 'target',
    pattern: /\bhomes?\b(?! (?:folder|directory))/giu,
    use: 'target',
    fires: 'The pipeline runs in two homes.',
    passes: 'The key is in the home folder of the user.',
  },
  {
    name: 'active',
    pattern: /\bin(?:to)? force\b/giu,
    use: 'active, or publish for "put in force"',
    fires: 'The ruleset in force is used.',
    passes: 'A brute force attack.',
  },
  {
    name: 'retro-scan',
    pattern: /\bre-?scan(?:s|ned|ning)?\b/giu,
    use: 'retro scan, or scan again',
    fires: 'A merge rescans the corpus.',
    passes: 'A merge starts a retro scan.',
  },
  {
    name: 'match',
    pattern: /\b(?<!cache )(?:hits?|sightings?)\b/giu,
    use: 'match',
    fires: 'The rule has three hits.',
    passes: 'A cache hit costs nothing.',
  },
  {
    name: 'problem',
    pattern: /\bfindings?\b/giu,
    use: 'match for a rule, problem for a check',
    fires: 'Each finding is a line.',
    passes: 'Each problem is a line.',
  },
  {
    name: 'staged',
    pattern: /\bsilent rules?\b/giu,
    use: 'staged rule',
    fires: 'A silent rule does not alert.',
    passes: 'A staged rule does not alert.',
  },
  {
    name: 'gate',
    pattern: /\bjudge?ments?\b/giu,
    use: 'gate, or result',
    fires: 'The judgement is on the pull request.',
    passes: 'The result of the gate is on the pull request.',
  },
  {
    name: 'roll-back',
    pattern: /\b(?:takes?|took|taken) back\b/giu,
    use: 'roll back, or undo',
    fires: 'The publish was taken back.',
    passes: 'The publish was rolled back.',
  },
];
