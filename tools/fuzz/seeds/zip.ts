/**
 * Signatures of the parts of an archive
 * (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), as Latin-1.
 */
export const zipWords: readonly string[] = [
  ...[
    'PK\x03\x04',
    'PK\x01\x02',
    'PK\x05\x06',
    'PK\x06\x06',
    'PK\x06\x07',
    'PK\x07\x08',
    '\x01\x00\x10\x00',
    '\x01\x99\x07\x00',
  ],
  ...['\xff\xff\xff\xff', '\x00\x00\x00\x00', '\xff\xff', '../a', 'a.json'],
];
