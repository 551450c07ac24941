import type { Format } from '../types.ts';
import { compoundFileMagic } from './ole/compound-file.ts';
import { openCompoundFile } from './ole/open-compound-file.ts';
import { openPdf } from './pdf/open-pdf.ts';

/** Readers find a PDF by its header in the first bytes, whatever comes before it. */
const pdfHeadBytes = 1024;

export const documentFormats: readonly Format[] = [
  { name: 'ole', find: (probe) => (probe.has(compoundFileMagic) ? 0 : null), open: openCompoundFile },
  {
    name: 'pdf',
    find: ({ head }) => {
      const at = head.indexOf('%PDF-');
      return at === -1 || at >= pdfHeadBytes ? null : at;
    },
    open: openPdf,
  },
];
