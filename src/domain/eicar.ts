/** One form of the EICAR anti-malware test file. */
export interface EicarForm {
  /** Display name. */
  readonly name: string;
  /** Last part of the key it is uploaded to. */
  readonly filename: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** True if only scans of members find it. */
  readonly isPacked?: true;
}

/** Split in two, so that no scanner takes this file for the test file. */
const halves = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', '$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'] as const;
/**
 * Maximum size of the file; the rest is white space:
 * https://www.eicar.org/download-anti-malware-testfile/
 */
const maxBytes = 128;

/**
 * Returns harmless files that every scanner should find: the published file, the same content under
 * an awkward key (a new object with known content), and forms with trailing white space as far as
 * the definition allows.
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
