/** A word or phrase that the docs avoid. */
export interface WordRule {
  readonly name: string;
  /** Matches the word itself and nothing around it; flags `giu`. */
  readonly pattern: RegExp;
  /** The words to use, as the message shows them. */
  readonly use: string;
  /** Text in which the rule fires, and text in which it does not. */
  readonly fires: string;
  readonly passes: string;
}

/** One term for one thing. */
const vocabulary: readonly WordRule[] = [
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

/** The ordinary verb. */
const verbs: readonly WordRule[] = [
  {
    name: 'tell',
    pattern: /\b(?:tells?|told|telling)\b/giu,
    use: 'report, show, print, notify',
    fires: 'The command tells what is wrong.',
    passes: 'The command reports what is wrong.',
  },
  {
    name: 'say',
    pattern: /\b(?:says?|said|saying)\b/giu,
    use: 'report, state, show, print',
    fires: 'The message says why.',
    passes: 'The message gives the reason.',
  },
  {
    name: 'hear',
    pattern: /\b(?:hears?|heard|hearing|speaks?|spoke|speaking)\b/giu,
    use: 'receive, use, call, comment',
    fires: 'The topic hears of it.',
    passes: 'The topic receives it.',
  },
  {
    name: 'ask',
    pattern: /\b(?:asks?|asked|asking)\b/giu,
    use: 'request, query, check, need',
    fires: 'It asks AWS.',
    passes: 'It queries AWS.',
  },
  {
    name: 'answer',
    pattern: /\b(?:answers|answered|answering)\b/giu,
    use: 'return, respond',
    fires: 'The service answered late.',
    passes: 'The service gave no answer.',
  },
  {
    name: 'continue',
    pattern: /\b(?:go|goes|going|went|gone|gets?|got) on\b(?! (?:a|the|one)\b)/giu,
    use: 'continue, resume',
    fires: 'The scan goes on.',
    passes: 'The scan continues.',
  },
  {
    name: 'bring',
    pattern: /\b(?:brings?|brought|bringing)\b/giu,
    use: 'include, provide, add',
    fires: 'The package brings a binary.',
    passes: 'The package includes a binary.',
  },
  {
    name: 'see-to',
    pattern: /\bsees? to\b/giu,
    use: 'do, handle',
    fires: 'The finisher sees to it.',
    passes: 'The finisher does it.',
  },
];

/** No calques and no archaisms. */
const idioms: readonly WordRule[] = [
  {
    name: 'is-not-a',
    pattern: /(?<!\bthere )\b(?:is|are|was|were) no\b(?! (?:longer|more)\b)/giu,
    use: 'is not a',
    fires: 'A link is no rule file.',
    passes: 'There is no rule file, and it is no longer read.',
  },
  {
    name: 'only',
    pattern: /\balone\b/giu,
    use: 'only, or by itself',
    fires: 'It touches that scan alone.',
    passes: 'It touches only that scan.',
  },
  {
    name: 'fix',
    pattern: /\bmend(?:s|ed|ing)?\b/giu,
    use: 'fix',
    fires: 'Mend the rule.',
    passes: 'Recommend the rule.',
  },
  {
    name: 'again',
    pattern: /\banew\b/giu,
    use: 'again',
    fires: 'It is made anew.',
    passes: 'It is made again.',
  },
  {
    name: 'next-to',
    pattern: /\bbesides?\b/giu,
    use: 'next to, in addition to, also',
    fires: 'A test stands beside its file.',
    passes: 'A test is next to its file.',
  },
  {
    name: 'is-in',
    pattern:
      /\b(?:lies?|lay|lying|stands?|stood|standing) (?:in|at|on|below|outside|there|here|still|before|once|between)\b/giu,
    use: 'is in, is at',
    fires: 'The state lies in a folder.',
    passes: 'The state is in a folder.',
  },
  {
    name: 'as-many-as',
    pattern: /\bso (?:many|much)\b/giu,
    use: 'as many as, this many, or the number',
    fires: 'Deleted after so many days.',
    passes: 'Deleted after this many days.',
  },
  {
    name: 'also',
    pattern: /\bas well\b(?! as\b)/giu,
    use: 'also',
    fires: 'Members are scanned as well.',
    passes: 'Members as well as objects are scanned.',
  },
  {
    name: 'so-far',
    pattern: /\b(?:up|down) to now\b/giu,
    use: 'so far',
    fires: 'What was scanned up to now.',
    passes: 'What was scanned so far.',
  },
  {
    name: 'actor',
    pattern: /\b(?:whoever|whosoever|nobody|no one|somebody|someone|everybody|everyone)\b/giu,
    use: 'the actor: the caller, the operator, the attacker',
    fires: 'Whoever may push can read it.',
    passes: 'An author who may push can read it.',
  },
  {
    name: 'relative-actor',
    pattern: /(?<=^|[.:;(] )who (?:may|can|could|has|have|wants?|writes?|changes?)\b(?![^.]*\?)/giu,
    use: 'the actor: the caller, the operator, the attacker',
    fires: 'Who may push can read it.',
    passes: 'Who can read it? A user who may push.',
  },
  {
    name: 'calculate',
    pattern: /\breckon(?:s|ed|ing)?\b/giu,
    use: 'calculate, count',
    fires: 'It is reckoned by the month.',
    passes: 'It is calculated by the month.',
  },
  {
    name: 'own',
    pattern: /\bof (?:ours|yours|mine)\b/giu,
    use: 'your own, our own',
    fires: 'Use a bucket of yours.',
    passes: 'Use your own bucket.',
  },
  {
    name: 'otherwise',
    pattern: /(?:(?<=[,;:.] )|^)else\b/giu,
    use: 'otherwise',
    fires: 'The metadata, else the key.',
    passes: 'Nothing else is read.',
  },
  {
    name: 'about',
    pattern: /\bsome (?=\d)/giu,
    use: 'about',
    fires: 'It takes some 80 seconds.',
    passes: 'It takes some time.',
  },
  {
    name: 'unnecessary',
    pattern: /\b(?:needless|needful|amiss|in silence)\b/giu,
    use: 'unnecessary, wrong, silently',
    fires: 'It reports what is amiss.',
    passes: 'It reports what is wrong.',
  },
];

/** Every word rule: the house vocabulary, ordinary verbs, idioms. Names are unique. */
export const wordRules: readonly WordRule[] = [...vocabulary, ...verbs, ...idioms];
