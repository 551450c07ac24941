import type { FuzzTarget } from '../fuzz-target.ts';
import { openInput } from '../seeds/open-seed.ts';

const blob = Buffer.from(Array.from({ length: 600 }, (_, at) => (at * at) & 0xff)).toString('base64');
const bytes = (hex: string, ...rest: readonly Uint8Array[]) => Buffer.concat([Buffer.from(hex, 'hex'), ...rest]);

/** Files in RTF, OneNote, shortcuts, TNEF and scripts are opened within the limits. */
export const target: FuzzTarget = {
  name: 'unpack-carriers',
  of: ['src/unpack/documents/rtf/open-rtf.ts', 'src/unpack/documents/lnk/open-lnk.ts', 'src/unpack/mail/open-tnef.ts'],
  syntax: 'bytes',
  seeds: () => [
    `{\\rtf1{\\object{\\*\\objdata 010500000200000008000000${Buffer.from('Package\0').toString('hex')}\\bin4 abcd}}}`,
    `<script>var a = "${blob}"</script>`,
    bytes('e4525c7b8cd8a74daeb15378d02996d3', bytes('e716e3bd65261145a4c48d4d0b7a9eac04000000'), Buffer.alloc(40, 1)),
    bytes('4c0000000114020000000000c000000000000046a5000000', Buffer.alloc(52), bytes('04000000000001006100')),
    bytes('789f3e22010002029006000e000000', Buffer.alloc(16), bytes('020f8006000400000061626364ff00')),
    bytes(
      '789f3e22010002059006001c000000',
      bytes('010000001f0007370100000008000000610062006300000000000000'),
      bytes('ff00'),
    ),
  ],
  words: [
    '\\objdata ',
    '\\bin99 ',
    '{',
    '}',
    '\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac',
    '\xff\xff\xff\x7f',
  ],
  maxWork: () => 400_000_000,
  run: openInput,
};
