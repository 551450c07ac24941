import { latin1 } from '../bytes/read.ts';
import { magic, startingWith } from '../find.ts';
import type { Format, Probe } from '../types.ts';
import { maxHeaderBytes } from './header.ts';
import { openMail } from './open-mail.ts';
import { openMbox } from './open-mbox.ts';
import { openTnef, tnefMagic } from './open-tnef.ts';
import { looksAsMail, startsAsMail } from './starts-as-mail.ts';
import { openUuencode, startsUuencode } from './uuencode.ts';

/** First bytes of a message: those that readers skip, and those of names of fields. */
const mailStarts = `\xef\r\n${String.fromCharCode(...Array.from({ length: 94 }, (_, each) => 33 + each))}`;

const findMail = startingWith(mailStarts, ({ head, bytes }) => {
  const verdict = looksAsMail(head);
  // Headers can be longer than the part that is looked at first.
  const isMail = verdict === 'unknown' ? startsAsMail(latin1(bytes, 0, maxHeaderBytes)) : verdict === 'mail';
  return isMail ? 0 : null;
});

const findMbox = startingWith('F', (probe) => {
  if (!probe.has('From ')) return null;
  const newline = probe.head.indexOf('\n');
  return newline !== -1 &&
    newline < 1000 &&
    startsAsMail(probe.head.slice(newline + 1).replace(/^>?From [^\n]{0,500}\n/, ''))
    ? 0
    : null;
});

/** A message opens its own. No decoder takes an ELF program for text. */
function findUuencode(probe: Probe, earlier: readonly string[]): number | null {
  if (probe.has('\x7fELF')) return null;
  return startsUuencode(probe.head) && !earlier.includes('mail') && !earlier.includes('mbox') ? 0 : null;
}

export const mailFormats: readonly Format[] = [
  { name: 'mail', find: findMail, open: openMail },
  { name: 'mbox', find: findMbox, open: openMbox },
  { name: 'tnef', find: magic(tnefMagic), open: openTnef },
  { name: 'uuencode', find: findUuencode, open: openUuencode },
];
