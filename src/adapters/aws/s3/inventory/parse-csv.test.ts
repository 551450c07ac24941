import test from 'ava';
import fc from 'fast-check';
import { createCsvParser } from './parse-csv.ts';

function parse(pieces: readonly string[]): readonly (readonly string[])[] {
  const parser = createCsvParser();
  return [...pieces.flatMap((piece) => [...parser.push(piece)]), ...parser.end()];
}

test('records are read as written, wherever the text is split', (t) => {
  const value = fc.array(fc.constantFrom('a', 'b c', '"', ',', '\n', '\r\n', '\r', 'ü', '\u{1f600}', ''), {
    maxLength: 4,
  });
  const field = fc.tuple(
    value.map((all) => all.join('')),
    fc.boolean(),
  );
  const records = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  const written = ([text, quoted]: readonly [string, boolean]) =>
    quoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  fc.assert(
    fc.property(
      records,
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (all, end, ends, sizes) => {
        // A single empty field without an end of line is no text at all.
        const text =
          all.map((record) => record.map(written).join(',')).join(end) + (ends || all.at(-1)?.length === 1 ? end : '');
        const pieces: string[] = [];
        for (let at = 0; at < text.length; ) {
          const size = sizes.next().value;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        t.deepEqual(
          parse(pieces),
          all.map((record) => record.map(([value]) => value)),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('empty text has no records, and a last line needs no line end', (t) => {
  t.deepEqual(parse([]), []);
  t.deepEqual(parse(['']), []);
  t.deepEqual(parse(['a,b']), [['a', 'b']]);
  t.deepEqual(parse(['"a","b"']), [['a', 'b']]);
});

test('invalid CSV is an error', (t) => {
  t.throws(() => parse(['"a']), { message: /not complete/ });
  t.throws(() => parse(['"a"b,c\n']), { message: /continues after its quote/ });
  t.throws(() => parse(['"', 'x'.repeat(2 ** 20), 'y']), { message: /more than 1048576 characters/ });
});
