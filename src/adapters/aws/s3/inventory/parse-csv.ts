/** Maximum length of a record in characters, far above that of any inventory. */
const maxRecord = 2 ** 20;

/** Parses CSV piece by piece. */
export interface CsvParser {
  /** Returns the records that this piece completes. */
  push(piece: string): readonly (readonly string[])[];
  /** Returns the rest at the end of the text: at most one record. */
  end(): readonly (readonly string[])[];
}

/**
 * Parses records whose fields may be quoted and then contain commas, line ends and doubled quotes.
 *
 * https://www.rfc-editor.org/rfc/rfc4180
 * @throws Error from `push` and `end`, if a quoted field does not end, or something follows its
 *   quote
 */
export function createCsvParser(): CsvParser {
  let text = '';
  return {
    push(piece) {
      text += piece;
      const records: (readonly string[])[] = [];
      let at = 0;
      for (let next = readRecord(text, at); next !== null; next = readRecord(text, at)) {
        records.push(next.fields);
        at = next.end;
      }
      text = text.slice(at);
      if (text.length > maxRecord) throw new Error(`a record has more than ${maxRecord} characters`);
      return records;
    },
    end() {
      if (text === '') return [];
      const last = readRecord(`${text}\n`, 0);
      text = '';
      if (last === null) throw new Error('the last record is not complete');
      return [last.fields];
    },
  };
}

/**
 * Returns the record that starts at `from` and the start of the next one; null if the text ends
 * before it.
 */
function readRecord(text: string, from: number): { readonly fields: readonly string[]; readonly end: number } | null {
  const fields: string[] = [];
  for (let at = from; ; ) {
    const field = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at);
    if (field === null) return null;
    fields.push(field.value);
    if (text[field.end] === ',') at = field.end + 1;
    else if (text[field.end] === '\n') return { fields, end: field.end + 1 };
    else if (text[field.end] === '\r' && text[field.end + 1] === '\n') return { fields, end: field.end + 2 };
    else if (field.end >= text.length - 1) return null;
    else throw new Error('a quoted field continues after its quote');
  }
}

interface Field {
  readonly value: string;
  /** Position of the character after the field. */
  readonly end: number;
}

function readQuoted(text: string, at: number): Field | null {
  let quote = text.indexOf('"', at + 1);
  for (; quote >= 0 && text[quote + 1] === '"'; quote = text.indexOf('"', quote + 2));
  // A quote that ends the piece may be the first of two.
  if (quote < 0 || quote + 1 >= text.length) return null;
  return { value: text.slice(at + 1, quote).replaceAll('""', '"'), end: quote + 1 };
}

function readPlain(text: string, at: number): Field | null {
  const line = text.indexOf('\n', at);
  const comma = text.indexOf(',', at);
  if (comma >= 0 && (line < 0 || comma < line)) return { value: text.slice(at, comma), end: comma };
  if (line < 0) return null;
  const end = line > at && text[line - 1] === '\r' ? line - 1 : line;
  return { value: text.slice(at, end), end };
}
