import { globSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const rulesFolder = fileURLToPath(new URL('../../../rules/', import.meta.url));
const maxSeedBytes = 6000;
const maxFiles = 12;

/** A little of everything that a source may contain. */
const dense = [
  'import "pe"\nimport "math" include "other.yar"\nprivate global rule a : tag1 tag2 { meta: description = "d" severity = "high" n = -1 t = true f = 0.5 h = 0x10 k = 5KB',
  ' status = "staged" strings: $a = "text\\x41\\n\\"" wide ascii nocase fullword private xor(0x01-0xff) $ = { 4? ?? ~41 [2-4] ( 41 | 42 43 ) [-] 44 /* c */ } $r = /ab+[c\\/]{1,3}/is // c',
  ' $b = "x" base64("!@#$%^&*(){}[].,|ABCDEFGHIJ\\x09LMNOPQRSTUVWXYZabcdefghijklmnopqrstu") $m = """many\nlines"""',
  ' condition: ($a at 0 or #a > 2 and @a[1] < 10KB and !a[1] == 3) or any of ($a, $r*) in (0..filesize) and not 50% of them and for all i in (1..#a) : ( @a[i] < 100 ) ',
  ' and with x = 1, y = pe.number_of_sections : ( x == y ) and uint16be(0) == 0x4d5a and math.entropy(0, filesize) >= 7.5 and pe.imphash() == "a" }',
].join('\n');
const chained =
  'rule base { strings: $a = "a" condition: $a }\nrule b1 { condition: base and filesize < 10 }\nrule b2 { condition: any of (b*) or b1 }\nglobal rule g { condition: filesize > 0 }\n';

/** Sources of rules: of the repository, and some with rare syntax. */
export function ruleSeeds(): readonly string[] {
  const files = globSync('**/*.yar', { cwd: rulesFolder }).sort();
  const small = files.filter((file) => statSync(rulesFolder + file).size <= maxSeedBytes).slice(0, maxFiles);
  return [
    dense,
    chained,
    'rule a { condition: true }',
    ...small.map((file) => readFileSync(rulesFolder + file, 'utf8')),
  ];
}

/** Keywords, marks and starts of tokens. */
export const ruleWords: readonly string[] = [
  ...[
    'rule',
    'private',
    'global',
    'import',
    'include',
    'meta:',
    'strings:',
    'condition:',
    'meta',
    'strings',
    'condition',
  ],
  ...[
    'wide',
    'ascii',
    'nocase',
    'fullword',
    'xor',
    'xor(1-2)',
    'base64',
    'base64wide("',
    'status = "staged"',
    'true',
    'false',
  ],
  ...[
    'all',
    'any',
    'none',
    'of',
    'them',
    'for',
    'in',
    'with',
    'and',
    'or',
    'not',
    'at',
    'defined',
    'contains',
    'matches',
    'filesize',
  ],
  ...[
    '$a',
    '$',
    '$*',
    '#a',
    '@a[1]',
    '!a',
    '$a = ',
    '"""',
    '"',
    '\\"',
    '\\\\',
    '\\x',
    '/*',
    '*/',
    '//',
    '/',
    '\\/',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
  ],
  ...[
    '{ 41 [',
    '??',
    '~',
    '..',
    '0x',
    '0o',
    'KB',
    'MB',
    '1.',
    '<<',
    '>>',
    '==',
    '!=',
    ':',
    ',',
    '=',
    '%',
    '50%',
    '-',
    '\n',
    '\r\n',
    '\ufeff',
  ],
  ...[
    'rule a { condition: true }',
    'any of ($a*)',
    'any of (b*)',
    '$a = /x/s',
    '// suppress: slow_pattern\n',
    'pe.is_pe',
    'base',
    'b1',
  ],
];
