import test from 'ava';
import fc from 'fast-check';
import type { ContentCache } from '../../../ports/content-cache.ts';
import { remembered, rememberedText } from '../../../rules/memo.ts';
import { createMemo } from './create-memo.ts';

function memoryCache(): ContentCache & { readonly entries: Map<string, Uint8Array> } {
  const entries = new Map<string, Uint8Array>();
  return {
    entries,
    get: (key) => entries.get(key) ?? null,
    put: (key, bytes) => void entries.set(key, bytes),
    flush: () => undefined,
  };
}

const long = 'x'.repeat(300);
const inputs = fc.array(
  fc.oneof(
    fc.constantFrom(long, `${long}y`, { sha256: long }, 'a', '', null, 0, [long], { source: long }),
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ minLength: 257, maxLength: 260 }),
  ),
  { maxLength: 3 },
);

test('a result is only remembered for the same function and inputs', (t) => {
  const cache = memoryCache();
  fc.assert(
    fc.property(fc.constantFrom('f', 'g'), inputs, (kind, given) => {
      const expected = JSON.stringify([kind, given]);
      // Another process has a memo of its own on the same cache.
      for (const memo of [createMemo(cache), createMemo(cache)]) {
        t.is(
          remembered(memo, kind, given, () => expected),
          expected,
        );
      }
    }),
    { numRuns: 200 },
  );
});

test('a remembered result is not computed again, and a damaged one is', (t) => {
  const cache = memoryCache();
  const memo = createMemo(cache);
  let calls = 0;
  const ask = () => remembered(memo, 'f', [long], () => (calls += 1));
  t.deepEqual([ask(), ask(), calls], [1, 1, 1]);
  for (const key of cache.entries.keys()) cache.entries.set(key, Buffer.from('{"trunc'));
  t.deepEqual([ask(), ask(), calls], [2, 2, 2]);
});

test('a text that a function leaves unchanged is not stored', (t) => {
  const cache = memoryCache();
  const memo = createMemo(cache);
  const ask = (text: string, result: string) => rememberedText(memo, 'f', text, [], () => result);
  t.deepEqual([ask(long, long), ask(long, 'not asked')], [long, long]);
  t.deepEqual([ask('a', 'b'), ask('a', 'not asked')], ['b', 'b']);
  for (const bytes of cache.entries.values()) t.true(bytes.length < 10);
});
