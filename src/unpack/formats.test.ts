import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { zipOf } from '../testing/specimens/zip-of.ts';
import { formats, formatsOf } from './formats.ts';
import { createProbe } from './probe.ts';

const folder = new URL('../testing/specimens/files/', import.meta.url);
const specimens: readonly Uint8Array[] = [
  ...readdirSync(folder).map((name) => readFileSync(new URL(name, folder))),
  zipOf({ a: 'x' }),
  Buffer.from('\nFrom: a@b.c\nSubject: x\n\nx'),
  Buffer.from('From a@b.c\nFrom: a@b.c\nSubject: x\n\nx'),
  Buffer.from('begin 644 a\n#0V%T\n`\nend\n'),
];

/** What formatsOf finds without looking at marks. */
function tryAll(bytes: Uint8Array): readonly string[] {
  const names: string[] = [];
  for (const { name, find } of formats) if (find(createProbe(bytes), names) !== null) names.push(name);
  return names;
}

const found = (bytes: Uint8Array) => formatsOf(bytes).map(({ format }) => format.name);

test('no format is missed because of its mark: specimens', (t) => {
  for (const bytes of specimens) t.deepEqual(found(bytes), tryAll(bytes));
});

test('no format is missed because of its mark: specimens with changed bytes', (t) => {
  const places = fc.constantFrom(0, ...formats.map(({ find }) => find.mark?.at ?? 0));
  const values = fc.constantFrom(
    ...new Set(formats.flatMap(({ find }) => [...Buffer.from(find.mark?.bytes ?? '', 'latin1')])),
  );
  const changed = fc.tuple(fc.constantFrom(...specimens), places, values).map(([bytes, at, value]) => {
    const copy = Buffer.from(bytes.subarray(0, 100_000));
    const place = at < 0 ? copy.length + at : at;
    if (place in copy) copy[place] = value;
    return copy;
  });
  fc.assert(
    fc.property(changed, (bytes) => t.deepEqual(found(bytes), tryAll(bytes))),
    { numRuns: 2000 },
  );
});

test('no format is found in content without bytes', (t) => {
  t.deepEqual(found(Buffer.alloc(0)), []);
});
