import { readSpecimen } from '../../../src/testing/specimens/read-specimen.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { openInput } from '../seeds/open-seed.ts';

/** Parts of a message, messages of a mailbox, attachments of TNEF are opened within the limits. */
export const target: FuzzTarget = {
  name: 'unpack-mail',
  of: ['src/unpack/mail/open-mail.ts', 'src/unpack/mail/open-mbox.ts', 'src/unpack/mail/open-tnef.ts'],
  syntax: 'bytes',
  seeds: () => ['nested.eml'].map(readSpecimen),
  words: [
    'From ',
    'boundary=',
    '--',
    'begin 644 a\n',
    '=?utf-8?B?',
    "*0*=utf-8''%41",
    'quoted-printable',
    'message/rfc822',
    '\n\n',
  ],
  maxWork: () => 400_000_000,
  run: openInput,
};
