/** The outcome of one rule over one file. */
export type RuleOutcome = 'matches' | 'does not match' | 'refused';

/** A difference between the engine and YARA 4, with an example of it. */
export interface YaraDifference {
  /** For the table in docs/reference/rules.md. */
  readonly what: string;
  readonly source: string;
  readonly content: Uint8Array;
  readonly here: RuleOutcome;
  readonly yara4: RuleOutcome;
}

const text = (characters: string): Uint8Array => Buffer.from(characters, 'latin1');
const xor = (characters: string, key: number): Uint8Array => text(characters).map((byte) => byte ^ key);
const finds = (pattern: string): string => `rule r { strings: $a = ${pattern} condition: $a }`;
const holds = (condition: string, ...modules: readonly string[]): string =>
  `${modules.map((each) => `import "${each}" `).join('')}rule r { condition: ${condition} }`;

function difference(what: string, here: RuleOutcome, yara4: RuleOutcome, source: string, content: Uint8Array) {
  return { what, here, yara4, source, content };
}

/**
 * The known differences to YARA 4 (VirusTotal/yara, 4.2.3): rules that match otherwise, that only
 * YARA 4 takes, and that only the engine takes.
 */
export const yaraDifferences: readonly YaraDifference[] = [
  difference(
    'A lazy repetition (`/Key:.{1,}?Needle/`) that has to go beyond 4,096 bytes; for a greedy one the limit is the same in both',
    'does not match',
    'matches',
    finds('/\\nKey:.{1,}?Needle/'),
    text(`\nKey:${'x'.repeat(6000)}Needle`),
  ),
  difference(
    '`base64`: a text that differs from the encoded one in its first or last characters',
    'does not match',
    'matches',
    finds('"This program cannow" base64'),
    text(Buffer.from('AThis program cannot').toString('base64')),
  ),
  difference(
    '`xor` with `fullword`: the characters around the text are decoded too, and letters follow there',
    'does not match',
    'matches',
    finds('"mississippi" xor fullword'),
    Buffer.concat([text('{'), xor('mississippi', 1), text('}')]),
  ),
  difference(
    '`xor` with `fullword`: the characters around the text are letters, and not when they are decoded',
    'matches',
    'does not match',
    finds('"mississippi" xor fullword'),
    xor(' mississippi ', 0x41),
  ),
  difference(
    '`hash.md5(0, 100)` and the like, of a range that goes beyond the end of the file',
    'does not match',
    'matches',
    holds('defined hash.md5(0, 100)', 'hash'),
    text('aaaa'),
  ),
  difference(
    '`hash.md5(0, filesize)` and the like, of an empty file',
    'matches',
    'does not match',
    holds('hash.md5(0, filesize) == "d41d8cd98f00b204e9800998ecf8427e"', 'hash'),
    text(''),
  ),
  difference(
    '`pe.imports("a.dll") == 0` where the file is not a PE file',
    'matches',
    'does not match',
    holds('pe.imports("a.dll") == 0', 'pe'),
    text('x'),
  ),
  difference('`/[[:alpha:]]x/`: a class by name', 'matches', 'does not match', finds('/[[:alpha:]]x/'), text('ax')),
  difference('`/[a&&b]x/`: `&&` in a class intersects', 'does not match', 'matches', finds('/[a&&b]x/'), text('&x')),
  difference('`/[a~~b]x/`: `~~` in a class', 'does not match', 'matches', finds('/[a~~b]x/'), text('~x')),
  difference('`/\\Ab/` and `/b\\z/`: begin and end', 'matches', 'does not match', finds('/\\Ab\\z/'), text('b')),
  difference('`/\\u0041/`: a character by its number', 'matches', 'does not match', finds('/\\u0041/'), text('A')),

  difference('`/abc{/`: a `{` that is not escaped', 'refused', 'matches', finds('/abc{/'), text('abc{')),
  difference('`/abc\\y/`: an escape without a meaning', 'refused', 'matches', finds('/abc\\y/'), text('abcy')),
  difference('`/[[]x/`: a `[` in a class that is not escaped', 'refused', 'matches', finds('/[[]x/'), text('[x')),
  difference(
    '`/[\\w-z]x/`: a range that begins with a class',
    'refused',
    'does not match',
    finds('/[\\w-z]x/'),
    text('-x'),
  ),
  difference('`/a*/`: an expression that can match nothing', 'refused', 'does not match', finds('/a*/'), text('b')),
  difference('`base64` of fewer than three characters', 'refused', 'matches', finds('"ab" base64'), text('YWI=')),
  difference(
    '`@a[-1]`: a negative index',
    'refused',
    'matches',
    'rule r { strings: $a = "a" condition: $a and (@a[-1] == 1 or true) }',
    text('a'),
  ),
  difference(
    '`any of (Loader_*)`: rules by prefix',
    'refused',
    'matches',
    'private rule Loader_A { condition: true } rule r { condition: any of (Loader_*) }',
    text('a'),
  ),
  difference(
    '`private private rule`: a modifier given twice',
    'refused',
    'does not match',
    'private private rule r { condition: true }',
    text('a'),
  ),
  difference('`entrypoint`', 'refused', 'matches', holds('entrypoint == 0 or true'), text('a')),
  difference(
    'Integers in meta above 2^53',
    'refused',
    'matches',
    'rule r { meta: a = 9007199254740993 condition: true }',
    text('a'),
  ),
  difference(
    'The module `magic` (where YARA was built with it)',
    'refused',
    'matches',
    holds('magic.type() contains "x" or true', 'magic'),
    text('a'),
  ),

  difference('`with a = 1 : ( … )`', 'matches', 'refused', holds('with a = 1 : ( a == 1 )'), text('a')),
  difference(
    '`any of (true, filesize > 1)`: conditions',
    'matches',
    'refused',
    holds('any of (true, false)'),
    text('a'),
  ),
  difference(
    'Methods of arrays: `elf.sections.len()`',
    'matches',
    'refused',
    holds('elf.sections.len() == 0 or true', 'elf'),
    text('a'),
  ),
  difference(
    '`{ 61 [0x1-0x2] 62 }`: hexadecimal jumps',
    'matches',
    'refused',
    finds('{ 61 [0x1-0x2] 62 }'),
    text('axb'),
  ),
  difference('`1_000`: underscores in numbers', 'matches', 'refused', holds('1_000 == 1000'), text('a')),
  difference(
    'Texts in three quotes, over several lines',
    'matches',
    'refused',
    holds('"""a\nb""" contains "a"'),
    text('a'),
  ),
  difference('`/(?:ab)c/`, `/(?i)ab/`: groups with flags', 'matches', 'refused', finds('/(?i)(?:ab)c/'), text('ABC')),
  difference('`/\\x{41}/`, `/ax{0}b/`', 'matches', 'refused', finds('/\\x{41}x{0}b/'), text('Ab')),
  difference('The modules `crx`, `vt` and `zip`', 'matches', 'refused', holds('true', 'crx', 'vt', 'zip'), text('a')),
];

/** The differences as a table in Markdown. */
export function renderDifferences(): string {
  const rows = yaraDifferences.map(({ what, here, yara4 }) => `| ${what} | ${here} | ${yara4} |`);
  return ['| rule | here | YARA 4 |', '| --- | --- | --- |', ...rows].join('\n');
}
