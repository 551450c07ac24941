/** One form of the EICAR anti-malware test file. */
export interface EicarForm {
  /** For people. */
  readonly name: string;
  /** Last part of the key that it is uploaded to. */
  readonly filename: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** In two halves, so that no scanner takes this file for the test file. */
const halves = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'] as const;
/** The whole file may have so many bytes, the rest being white space: https://www.eicar.org/download-anti-malware-testfile/ */
const maxBytes = 128;

/**
 * Harmless files that every scanner is to find: as published, under a key of awkward characters (the same content twice, so that one of the two is a new
 * object with known content), and with white space at the end, as far as the definition goes.
 */
export function eicarForms(): readonly EicarForm[] {
  const text = halves.join('');
  const form = (name: string, filename: string, content: string): EicarForm => ({
    ...{ name, filename },
    bytes: new TextEncoder().encode(content),
  });
  return [
    form('plain', 'eicar.com', text),
    form('awkward key', 'eicar 100% + ü \u65e5\u672c.com', text),
    form('line end', 'eicar-line-end.com', `${text}\r\n`),
    form('padded', 'eicar-padded.com', text.padEnd(maxBytes)),
  ];
}
