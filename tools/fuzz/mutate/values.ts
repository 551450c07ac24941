/** Numbers at the borders of types, in common notations. */
export const numberTexts = [
  ...['0', '-0', '-1', '1', '2', '127', '128', '255', '256', '32767', '65535', '65536', '2147483647', '2147483648'],
  ...[
    '4294967295',
    '4294967296',
    '9007199254740991',
    '9007199254740992',
    '9223372036854775807',
    '18446744073709551616',
  ],
  ...[
    '1e308',
    '1e999',
    '-1e999',
    '0.1',
    '5e-324',
    '8640000000000000',
    '8640000000000001',
    '9'.repeat(400),
    '0x10',
    '0o17',
  ],
] as const;

/** Integers at which lengths, offsets and counts overflow. */
export const integers = [
  0, 1, 2, 7, 8, 127, 128, 255, 256, 32_767, 65_535, 65_536, 0x7fffffff, 0x80000000, 0xffffffff,
] as const;

/**
 * Names with a meaning in JavaScript, YAML or HTML, and characters with a meaning for readers of
 * text.
 */
export const texts = [
  ...['', ' ', '__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'length', 'then'],
  ...[
    '\u0000',
    '\ud800',
    '\udfff',
    '\ufeff',
    '\ufffd',
    '\u2028',
    '\u202e',
    '\u200b',
    '\u00a0',
    '\u0130',
    'ﬁ',
    '𝕏',
    '👩‍👩‍👧',
    '٣',
  ],
  ...['\n', '\r\n', '\t', '\u001b[31m', '\u009b', '%', '%u', '%00', '%zz', '+', '..', '/', '//', '\\', '"', "'", '`'],
  ...['</code>', '<script>', '-->', '```', '$x', '{{x}}', '*', '**', '?', '#', ':', ';', '=', '&', '|', '\n\n'],
] as const;
