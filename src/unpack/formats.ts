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

interface Marked {
  readonly format: Format;
  /** Null if it is looked for in any content that starts with this byte. */
  readonly mark: { readonly at: number; readonly isFit: Uint8Array } | null;
}

/**
 * The formats that content can have, by its first byte. Most calls find nothing, and a call takes
 * longer than a look at a byte.
 */
const formatsByFirst: readonly (readonly Marked[])[] = Array.from({ length: 256 }, (_, byte) =>
  formats.flatMap((format): readonly Marked[] => {
    const { mark } = format.find;
    if (mark === undefined) return [{ format, mark: null }];
    if (mark.at === 0) return mark.bytes.includes(String.fromCharCode(byte)) ? [{ format, mark: null }] : [];
    return [{ format, mark: { at: mark.at, isFit: flagsOf(mark.bytes) } }];
  }),
);

function flagsOf(bytes: string): Uint8Array {
  const flags = new Uint8Array(256);
  for (let at = 0; at < bytes.length; at += 1) flags[bytes.charCodeAt(at)] = 1;
  return flags;
}

/** The formats that the bytes have, each once. Most files have none. */
export function formatsOf(bytes: Uint8Array): readonly Found[] {
  const probe = createProbe(bytes);
  const found: Found[] = [];
  const names: string[] = [];
  for (const { format, mark } of formatsByFirst[bytes[0] ?? 0] ?? []) {
    if (mark !== null && mark.isFit[bytes[mark.at < 0 ? bytes.length + mark.at : mark.at] ?? 256] !== 1) continue;
    const offset = format.find(probe, names);
    if (offset === null) continue;
    found.push({ format, offset });
    names.push(format.name);
  }
  return found;
}
