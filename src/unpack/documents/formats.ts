import { latin1 } from '../bytes/read.ts';
import { anyOf, magic } from '../find.ts';
import type { Format } from '../types.ts';
import { lnkMagic, openLnk } from './lnk/open-lnk.ts';
import { activeMimeMagic, openActiveMime } from './ole/active-mime.ts';
import { compoundFileMagic } from './ole/compound-file.ts';
import { openCompoundFile } from './ole/open-compound-file.ts';
import { oneNoteMagics, openOneNote } from './onenote/open-onenote.ts';
import { openPdf } from './pdf/open-pdf.ts';
import { openRtf } from './rtf/open-rtf.ts';
import { findBlobs, openBlobs } from './script/open-blobs.ts';

/** Readers find a PDF by its header in the first bytes, whatever comes before it. */
const pdfHeadBytes = 1024;
const pdfMagic = '%PDF-';

export const documentFormats: readonly Format[] = [
  { name: 'ole', find: magic(compoundFileMagic), open: openCompoundFile },
  {
    name: 'pdf',
    find: ({ bytes }) => {
      const at = latin1(bytes, 0, pdfHeadBytes + pdfMagic.length - 1).indexOf(pdfMagic);
      return at === -1 ? null : at;
    },
    open: openPdf,
  },
  // Word reads what starts with these letters only, too.
  { name: 'rtf', find: magic('{\\rt'), open: openRtf },
  { name: 'activemime', find: magic(activeMimeMagic), open: openActiveMime },
  { name: 'onenote', find: anyOf(...oneNoteMagics.map((each) => magic(each))), open: openOneNote },
  { name: 'lnk', find: magic(lnkMagic), open: openLnk },
  { name: 'script', find: findBlobs, open: openBlobs },
];
