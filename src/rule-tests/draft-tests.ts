import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { Document, isScalar, parse, Scalar, visit } from 'yaml';
import { samplePassword } from './write-zip.ts';

/** A sample as a test names it. */
export type DraftSample =
  | { readonly text: string }
  | { readonly archive: { readonly file: string; readonly member: string; readonly password: string } };

export interface DraftTest {
  readonly name: string;
  readonly sample: DraftSample;
  readonly matches: readonly string[];
}

/** Larger samples make a test file hard to read. Bytes. */
const longestInline = 2048;

/** Returns the text of a sample that can be read in a test file; null for any other. */
export function inlineText(bytes: Uint8Array): string | null {
  if (bytes.length > longestInline || !isUtf8(bytes)) return null;
  const text = Buffer.from(bytes).toString('utf8');
  // A byte-order mark, or a character without a shape, does not survive every editor.
  if (/[^\n\r\t\P{C}]|[\p{Zl}\p{Zp}]/u.test(text)) return null;
  return survives(text, Scalar.QUOTE_DOUBLE) ? text : null;
}

function survives(text: string, type: Scalar.Type): boolean {
  const scalar = new Scalar(text);
  scalar.type = type;
  return isDeepStrictEqual(parse(new Document({ a: [{ b: scalar }] }).toString({ lineWidth: 0 })), {
    a: [{ b: text }],
  });
}

/** A member of an encrypted archive of samples. */
export function archivedSample(file: string, member: string): DraftSample {
  return { archive: { file, member, password: samplePassword } };
}

/** Whether a text reads best, and survives, as separate lines. */
function isLines(text: string): boolean {
  return /\n./.test(text) && !/[\r\t]/.test(text) && survives(text, Scalar.BLOCK_LITERAL);
}

/** Writes a test file. */
export function formatTests(tests: readonly DraftTest[]): string {
  const document = new Document({ tests });
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && isScalar(value) && key.value === 'text') {
        value.type = isLines(String(value.value)) ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
      }
    },
    Seq: (key, node) => {
      if (node.items.every(isScalar) && key !== null) node.flow = true;
    },
    Map: (_, node) => {
      if (node.has('member') || (node.has('text') && !isLines(String(node.get('text'))))) node.flow = true;
    },
  });
  // As people write it: the package can leave out the spaces only together with those of mappings.
  return document.toString({ lineWidth: 0 }).replace(/^( {4}matches: )\[ (.*) \]$/gm, '$1[$2]');
}
