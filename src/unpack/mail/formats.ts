import type { Format, Probe } from '../types.ts';
import { openMail } from './open-mail.ts';
import { openMbox } from './open-mbox.ts';
import { openTnef, tnefMagic } from './open-tnef.ts';
import { startsAsMail } from './starts-as-mail.ts';

function findMbox(probe: Probe): number | null {
  if (!probe.has('From ')) return null;
  const newline = probe.head.indexOf('\n');
  return newline !== -1 &&
    newline < 1000 &&
    startsAsMail(probe.head.slice(newline + 1).replace(/^>?From [^\n]{0,500}\n/, ''))
    ? 0
    : null;
}

export const mailFormats: readonly Format[] = [
  { name: 'mail', find: ({ head }) => (startsAsMail(head) ? 0 : null), open: openMail },
  { name: 'mbox', find: findMbox, open: openMbox },
  { name: 'tnef', find: (probe) => (probe.has(tnefMagic) ? 0 : null), open: openTnef },
];
