import { formatCursor, parseCursor } from '../../../src/adapters/aws/s3/listing/cursor.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const lanes = {
  lanes: [
    [{ key: 'a', versionId: 'v' }, 'b'],
    [null, 'c'],
    [{ key: 'c', versionId: null }, null],
  ],
};

/** A parsed cursor is written the same. */
export const target: FuzzTarget = {
  name: 'listing-cursor',
  of: ['src/adapters/aws/s3/listing/cursor.ts'],
  syntax: 'json',
  seeds: () => ['["key","version"]', '["key",null]', 'a/b', JSON.stringify(lanes).padEnd(1025), JSON.stringify(lanes)],
  words: ['lanes', 'key', 'versionId', 'null', ' '.repeat(1025), '{"lanes":'],
  run(input) {
    const cursor = input.toString();
    for (const versioned of [true, false]) {
      const options = { bucket: 'corpus', versioned };
      const read = attempt(() => parseCursor(cursor, options));
      if (read === null) continue;
      const again = parseCursor(formatCursor(read, options), options);
      require(formatCursor(again, options) ===
        formatCursor(read, options), 'a cursor that is written again is read the same');
    }
    return attempt(() => parseCursor(cursor, { bucket: 'corpus', versioned: true })) === null ? 'refused' : 'read';
  },
};

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_CONFIG') return null;
    throw error;
  }
}
