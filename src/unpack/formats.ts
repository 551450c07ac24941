import { archiveFormats } from './archives/formats.ts';
import { documentFormats } from './documents/formats.ts';
import { executableFormats } from './executables/formats.ts';
import { mailFormats } from './mail/formats.ts';
import { createProbe } from './probe.ts';
import type { Format } from './types.ts';

/** All formats, in the order in which they are tried. Several may fit the same bytes. */
export const formats: readonly Format[] = [...archiveFormats, ...documentFormats, ...mailFormats, ...executableFormats];

export interface Found {
  readonly format: Format;
  /** Where its content starts. */
  readonly offset: number;
}

/** The formats that content can have, by its first byte. */
const formatsByFirst: readonly (readonly Format[])[] = Array.from({ length: 256 }, (_, byte) =>
  formats.filter(({ find }) => find.first === undefined || find.first.includes(String.fromCharCode(byte))),
);

/** The formats that the bytes have, each once. Most files have none. */
export function formatsOf(bytes: Uint8Array): readonly Found[] {
  const probe = createProbe(bytes);
  const found: Found[] = [];
  const names: string[] = [];
  for (const format of formatsByFirst[bytes[0] ?? 0] ?? formats) {
    const offset = format.find(probe, names);
    if (offset === null) continue;
    found.push({ format, offset });
    names.push(format.name);
  }
  return found;
}
