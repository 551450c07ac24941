import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../../../domain/errors.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { newLane, positionOf } from './lane.ts';

const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });

for (const versioned of [false, true]) {
  const kind = versioned ? 'with versions' : 'without versions';
  const place = { bucket: 'corpus', versioned };

  test(`a cursor restores its lanes: ${kind}`, (t) => {
    const position = fc.record({ key, versionId: versioned ? fc.option(key) : fc.constant(null) });
    const lane = fc.tuple(fc.option(position), fc.option(key)).map(([after, upTo]) => newLane(after, upTo));
    fc.assert(
      fc.property(fc.array(lane, { minLength: 1, maxLength: 5 }), (lanes) => {
        t.deepEqual(parseCursor(formatCursor(lanes, place), place), lanes);
      }),
    );
  });

  test(`a cursor of the longest keys fits in a DynamoDB item: ${kind}`, (t) => {
    // The control character takes the most space in JSON.
    const longest = '\0'.repeat(1024);
    const versionId = versioned ? 'v'.repeat(1024) : null;
    const lanes = Array.from({ length: 16 }, () => newLane({ key: longest, versionId }, longest));
    t.true(Buffer.byteLength(formatCursor(lanes, place)) < 300_000);
  });

  test(`an invalid cursor is refused: ${kind}`, (t) => {
    const wrong = ['{"lanes":[]}', '{"lanes":[["a","b"]]}', '{"lanes":1}', '{', `{"lanes":[[{"key":1},null]]}`];
    for (const each of wrong) {
      const error = t.throws(() => parseCursor(each.padEnd(1025), place));
      t.true(hasCode(error, 'ERR_CONFIG') && error.message.includes('listing of corpus'), each);
    }
  });
}

test('the cursor of a listing in one lane is its last key, or key and version id', (t) => {
  const latest = { bucket: 'corpus', versioned: false };
  // A key may be any text, also one that looks like a cursor.
  for (const each of ['a/b', ' ', '["a","1"]', '{', '{"lanes":[[null,null]]}', '{'.repeat(1024), '\u{10ffff}']) {
    const [lane, ...others] = parseCursor(each, latest);
    t.deepEqual(others, []);
    t.deepEqual(lane === undefined ? null : positionOf(lane), { key: each, versionId: null });
    t.is(formatCursor(lane === undefined ? [] : [lane], latest), each);
  }
  const all = { bucket: 'corpus', versioned: true };
  for (const versionId of ['1', null]) {
    const cursor = JSON.stringify(['{', versionId]);
    const lanes = parseCursor(cursor, all);
    t.deepEqual(lanes, [newLane({ key: '{', versionId }, null)]);
    t.is(formatCursor(lanes, all), cursor);
  }
  t.true(
    hasCode(
      t.throws(() => parseCursor('a/b', all)),
      'ERR_CONFIG',
    ),
  );
});
