/** A way to misread rules, and a rule and a content that show it. */
export interface UnsoundReading {
  readonly name: string;
  readonly source: string;
  readonly content: Uint8Array;
  /** The source as the wrong reading understands it. */
  readonly misread: string;
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const wide = (text: string) => bytes([...text].map((each) => `${each}\0`).join(''));
const finds = (pattern: string, condition = '$a') =>
  `rule r { strings: $a = ${pattern} condition: ${condition} or #a < 0 }`;
const holds = (condition: string, modules = '') =>
  `${modules} rule r { strings: $a = "needle" $b = "haystack" condition: ${condition} or #a < 0 or #b < 0 }`;

function misreading(name: string, source: string, misread: string, content: Uint8Array): UnsoundReading {
  return { name, source, misread, content };
}

/** Each has excluded files that match, here or in another index. */
export const unsoundReadings: readonly UnsoundReading[] = [
  misreading('`nocase` is lost', finds('"abcdef" nocase'), finds('"abcdef"'), bytes('xABCdefx')),
  misreading('the flag `i` is lost', finds('/abc(de|f)gh/i'), finds('/abc(de|f)gh/'), bytes('ABCDEGH')),
  misreading('`base64` is read as the text', finds('"abcdefgh" base64'), finds('"abcdefgh"'), bytes('YWJjZGVmZ2g=')),
  misreading(
    'the alphabet of `base64` is lost',
    finds('"abcdefgh" base64("!@#$%^&*(){}[].,|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu")'),
    finds('"abcdefgh" base64'),
    Buffer.from(
      [...Buffer.from('abcdefgh').toString('base64').replace('=', '')]
        .map(
          (each) =>
            '!@#$%^&*(){}[].,|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu'[
              'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(each)
            ],
        )
        .join(''),
    ),
  ),
  misreading(
    '`base64wide` is read as `base64`',
    finds('"abcdefgh" base64wide'),
    finds('"abcdefgh" base64'),
    wide('YWJjZGVmZ2g='),
  ),
  misreading('`wide` is lost', finds('"abcdef" wide'), finds('"abcdef"'), wide('abcdef')),
  misreading('`ascii wide` is read as `wide`', finds('"abcdef" ascii wide'), finds('"abcdef" wide'), bytes('abcdef')),
  misreading(
    'a wide regular expression is read as plain',
    finds('/ab[cd]ef/ wide'),
    finds('/ab[cd]ef/'),
    wide('abdef'),
  ),
  misreading(
    '`xor` is lost',
    finds('"abcdef" xor(1-255)'),
    finds('"abcdef"'),
    bytes('abcdef').map((each) => each ^ 0x21),
  ),
  misreading(
    'the highest key of `xor` is left out',
    finds('"abcdef" xor(1-9)'),
    finds('"abcdef" xor(1-8)'),
    bytes('abcdef').map((each) => each ^ 9),
  ),
  misreading(
    'zeros between are not combined with the key',
    finds('"abcdef" xor(7) wide'),
    finds('{ 66 00 65 00 64 00 }'),
    wide('abcdef').map((each) => each ^ 7),
  ),
  misreading('`?` is read as a value', finds('{ 61 6? 63 64 65 }'), finds('{ 61 60 63 64 65 }'), bytes('abcde')),
  misreading('`~` is lost', finds('{ 61 ~62 63 64 65 }'), finds('{ 61 62 63 64 65 }'), bytes('axcde')),
  misreading('a jump is read as its least', finds('{ 61 62 [0-4] 63 64 }'), finds('{ 61 62 63 64 }'), bytes('ab__cd')),
  misreading(
    'of alternatives, the first is read',
    finds('{ 61 62 ( 63 | 64 65 ) 66 67 }'),
    finds('{ 61 62 63 66 67 }'),
    bytes('abdefg'),
  ),
  misreading('what may be absent is demanded', finds('/abcd?efgh/'), finds('/abcdefgh/'), bytes('abcefgh')),
  misreading('the most repetitions are demanded', finds('/ab{2,5}cd/'), finds('/ab{5}cd/'), bytes('abbcd')),
  misreading('a set is read without its negation', finds('/abc[^d]ef/'), finds('/abc[d]ef/'), bytes('abcxef')),
  misreading('`.` is read as a character', finds('/abc.ef/'), finds('/abc\\.ef/'), bytes('abcxef')),
  misreading('`not` is lost', holds('not $a'), holds('$a'), bytes('x')),
  misreading('`or` is read as `and`', holds('$a or $b'), holds('$a and $b'), bytes('needle')),
  misreading('a count demands its pattern', holds('#a > -1'), holds('$a'), bytes('x')),
  misreading('`#a < 5` demands its pattern', holds('#a < 5'), holds('$a'), bytes('x')),
  misreading('`#a == #b` demands its patterns', holds('#a == #b'), holds('$a and $b'), bytes('x')),
  misreading('`none of` is read as `any of`', holds('none of them'), holds('any of them'), bytes('x')),
  misreading('`0 of` is read as `1 of`', holds('0 of them'), holds('1 of them'), bytes('x')),
  misreading('`1 of` is read as `all of`', holds('1 of them'), holds('all of them'), bytes('haystack')),
  misreading(
    '`for any` over patterns is read as `for all`',
    holds('for any of them : ( @ < 9 )'),
    holds('all of them'),
    bytes('needle'),
  ),
  misreading(
    '`for none` demands what its body needs',
    holds('for none i in (1..2) : ( i < @a )'),
    holds('$a'),
    bytes('x'),
  ),
  misreading(
    '`for all` demands what its body counts',
    holds('for all i in (1..2) : ( i > #a )'),
    holds('$a'),
    bytes('x'),
  ),
  misreading('`defined` of a negation', holds('not defined @a'), holds('$a'), bytes('x')),
  misreading(
    'a number is read with its bytes reversed',
    holds('uint16(0) == 0x4142'),
    holds('uint16be(0) == 0x4142'),
    bytes('BAx'),
  ),
  misreading('the size is compared the other way', holds('filesize < 10'), holds('filesize > 10'), bytes('x')),
  misreading(
    'an offset from the facts is taken from its start',
    holds('$a at 3'),
    holds('$a at 0'),
    bytes('123needle'),
  ),
  misreading(
    'a hash of a part is read as that of the whole',
    holds('hash.md5(0, 1) == "9dd4e461268c8034f5c8564e155c67a6"', 'import "hash"'),
    holds('hash.md5(0, filesize) == "9dd4e461268c8034f5c8564e155c67a6"', 'import "hash"'),
    bytes('xyz'),
  ),
  misreading(
    'a function that is 0 for other formats demands its format',
    holds('pe.imports("a.dll") == 0', 'import "pe"'),
    holds('pe.imports("a.dll") == 0 and pe.is_pe', 'import "pe"'),
    bytes('x'),
  ),
  misreading(
    'a rule is read as another',
    'rule a { strings: $a = "needle" condition: $a } rule b { strings: $a = "haystack" condition: $a } rule r { condition: a or b }',
    'rule a { strings: $a = "needle" condition: $a } rule b { strings: $a = "haystack" condition: $a } rule r { condition: b }',
    bytes('needle'),
  ),
  misreading(
    'a loop variable is read as the rule of its name',
    'rule i { strings: $a = "needle" condition: $a } rule r { condition: for any i in (1, 2) : ( i == 2 ) }',
    'rule i { strings: $a = "needle" condition: $a } rule r { condition: i }',
    bytes('x'),
  ),
];
