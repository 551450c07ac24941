import test from 'ava';
import fc from 'fast-check';
import * as z from 'zod';
import { runs } from '../../testing/runs.ts';
import { readStored } from './read-stored.ts';
import {
  maybe,
  readBoolean,
  readEither,
  readList,
  readNumber,
  readObject,
  readOneOf,
  readSome,
  readText,
  ValueError,
} from './read-value.ts';

const read = readObject({
  text: readText,
  number: maybe(readNumber),
  either: readEither<string | number | boolean>(readText, readNumber, readBoolean),
  list: readList(readObject({ word: readOneOf(['a', 'b']) })),
  some: readSome(['x', 'y'], readNumber),
  only: maybe(readOneOf([true])),
});
const schema = z.object({
  text: z.string(),
  number: z.number().exactOptional(),
  either: z.union([z.string(), z.number(), z.boolean()]),
  list: z.array(z.object({ word: z.enum(['a', 'b']) })),
  some: z.partialRecord(z.enum(['x', 'y']), z.number()),
  only: z.literal(true).exactOptional(),
});

const leaf = fc.oneof(fc.constantFrom('a', 'b', 'c', '', 1, 0, -1.5, true, false, null), fc.string());
const field = fc.oneof(
  leaf,
  fc.array(fc.oneof(fc.record({ word: leaf, more: leaf }, { requiredKeys: [] }), leaf), { maxLength: 3 }),
  fc.record({ x: leaf, y: leaf, z: leaf }, { requiredKeys: [] }),
);
const right = {
  text: fc.string(),
  number: fc.integer(),
  either: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  list: fc.array(fc.record({ word: fc.constantFrom('a', 'b'), more: leaf }, { requiredKeys: ['word'] })),
  some: fc.record({ x: fc.integer(), y: fc.integer() }, { requiredKeys: [] }),
  only: fc.constant(true),
};
const mostlyRightFields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(right).map(([name, value]) => [
      name,
      fc.oneof<fc.MaybeWeightedArbitrary<unknown>[]>({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: field }),
    ]),
  ),
  unknown: leaf,
};
const mostlyRight = fc.record(mostlyRightFields, { requiredKeys: ['text', 'list', 'either'] });

test('readers accept what the same schema of zod accepts, and give the same value', (t) => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(mostlyRight, field), (value) => {
      // As it is stored: without what JSON does not have.
      const stored: unknown = JSON.parse(JSON.stringify(value));
      const expected = schema.safeParse(stored);
      if (!expected.success) {
        t.throws(() => read(stored, []), { instanceOf: ValueError });
        return;
      }
      accepted += 1;
      t.deepEqual(JSON.stringify(sorted(read(stored, []))), JSON.stringify(sorted(expected.data)));
    }),
    { numRuns: runs(500) },
  );
  t.true(accepted > 20, `${accepted} were accepted`);
});

function sorted(value: object): unknown {
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

test('a message says where the value is, and what it should be', (t) => {
  const fails = (value: unknown) => t.throws(() => read(value, []), { instanceOf: ValueError }).message;
  const given = { text: 'a', either: 1, list: [], some: {} };
  t.is(fails(3), 'must be an object, not 3');
  t.is(fails({ ...given, text: undefined }), 'text is missing');
  t.is(fails({ ...given, list: [{ word: 'c' }] }), 'list.0.word must be one of a, b, not "c"');
  t.is(fails({ ...given, some: { z: 1 } }), 'some must be one of x, y, not "z"');
  t.is(fails({ ...given, either: null }), 'either must be one of the accepted forms, not null');
});

test('what was stored and is damaged is a state error that names it', (t) => {
  for (const text of ['{', 'null', '{"text":1}', 5, null]) {
    t.throws(() => readStored(read, text, 'thing'), { code: 'ERR_STATE', message: /^Invalid stored thing \(/ });
  }
});

test('a name of the prototype is an own field', (t) => {
  t.deepEqual(readSome(['__proto__'], readNumber)(JSON.parse('{"__proto__":1}'), []), JSON.parse('{"__proto__":1}'));
});
