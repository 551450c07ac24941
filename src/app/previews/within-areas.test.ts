import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { isWithin } from '../../domain/scans/preview-limits.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import { withinAreas } from './within-areas.ts';

const bucket = 'corpus';
const infoOf = (key: string): ObjectInfo => ({ bucket, key, version: '1', size: 1, arrivedAt: '2026-01-01' });

/** Lists these keys, and records the prefixes that it is asked for. */
function readerOf(keys: readonly string[], asked: string[] = []): ObjectReader {
  const sorted = [...new Set(keys)].sort();
  return {
    bucket,
    head: async ({ key }) => infoOf(key),
    read: async ({ key }) => ({ ...infoOf(key), bytes: new Uint8Array(1), metadata: {} }),
    async list({ filter = {}, after, limit }) {
      const { prefix = '' } = filter;
      asked.push(prefix);
      const left = sorted.filter((key) => key.startsWith(prefix) && (after === null || key > after));
      const page = left.slice(0, limit);
      return { objects: page.map(infoOf), problems: [], next: left.length > limit ? (page.at(-1) ?? null) : null };
    },
  };
}

async function listAll(reader: ObjectReader, limit: number, prefix?: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let after: string | null = null; ; ) {
    const page = await reader.list({ ...(prefix === undefined ? {} : { filter: { prefix } }), after, limit });
    keys.push(...page.objects.map(({ key }) => key));
    if (page.next === null) return keys;
    after = page.next;
  }
}

const key = fc.stringMatching(/^[ab/]{1,4}$/);
const area = fc.record({ bucket: fc.constantFrom(bucket, 'other'), prefix: fc.stringMatching(/^[ab/]{0,3}$/) });

test('whatever is requested, only objects within the areas are listed, each once', async (t) => {
  const holds = fc.asyncProperty(
    ...([fc.array(key, { maxLength: 30 }), fc.array(area, { minLength: 1, maxLength: 5 })] as const),
    ...([fc.stringMatching(/^[ab/]{0,3}$/), fc.integer({ min: 1, max: 5 })] as const),
    async (keys, areas, prefix, limit) => {
      const listed = await listAll(withinAreas(readerOf(keys), areas), limit, prefix);
      const expected = [...new Set(keys)].filter(
        (each) => each.startsWith(prefix) && isWithin(areas, { bucket, key: each }),
      );
      t.deepEqual([...listed].sort(), expected.sort());
    },
  );
  await fc.assert(holds, { numRuns: 300 });
});

test('nothing outside the areas is requested from the store', async (t) => {
  const asked: string[] = [];
  const reader = withinAreas(readerOf(['a/1', 'b/1', 'c/1'], asked), [
    { bucket, prefix: 'b/' },
    { bucket, prefix: 'a/' },
    { bucket, prefix: 'a/x/' },
    { bucket: 'other', prefix: 'c/' },
  ]);
  t.deepEqual(await listAll(reader, 10), ['a/1', 'b/1']);
  t.deepEqual(await listAll(reader, 10, 'c/'), []);
  t.deepEqual(asked, ['a/', 'b/']);
});

test('an object outside the areas is neither read nor headed, by whatever key', async (t) => {
  const reader = withinAreas(readerOf([]), [{ bucket, prefix: 'public/' }]);
  t.like(await reader.head({ key: 'public/a' }), { key: 'public/a' });
  for (const each of ['secret/a', 'publi', '', 'Public/a', '/public/a', 'x/public/a']) {
    const head = await t.throwsAsync(reader.head({ key: each }));
    const read = await t.throwsAsync(reader.read({ bucket, key: each, version: '1' }, { maxBytes: 1 }));
    t.true(hasCode(head, 'ERR_OBJECT_DENIED') && hasCode(read, 'ERR_OBJECT_DENIED'), each);
  }
});

test('a cursor of another listing is refused', async (t) => {
  const reader = withinAreas(readerOf(['a']), [{ bucket, prefix: 'a' }]);
  for (const after of ['a', '[7,null]', '[-1,null]', '{}', '[0]']) {
    t.true(hasCode(await t.throwsAsync(reader.list({ after, limit: 1 })), 'ERR_CONFIG'), after);
  }
});
