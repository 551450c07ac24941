import test from 'ava';
import fc from 'fast-check';
import { RearviewError } from '../../domain/errors.ts';
import { formatLock, type LockedSource, parseLock } from './lock-file.ts';

const hex = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((all) => all.join(''));
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((each) => !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(each));
const source = (): fc.Arbitrary<LockedSource> =>
  fc.record({
    ...{ name, namespace: name, url: fc.string({ unit: 'binary' }), commit: hex(40) },
    ref: fc.constantFrom(null, { kind: 'tag' as const, name: 'v1' }),
    include: fc.array(fc.string()),
    exclude: fc.array(fc.string()),
    licence: fc.constantFrom(null, 'MIT'),
    files: fc.uniqueArray(
      fc.record({ path: fc.string({ minLength: 1, unit: 'binary' }), size: fc.nat(), sha256: hex(64) }),
      { selector: ({ path }) => path },
    ),
  });

test('a lock is read as it was written, and its bytes do not depend on the order', (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(source(), { selector: (each) => each.name, maxLength: 4 }), (sources) => {
      const text = formatLock(sources);
      const read = parseLock('l', text);
      t.is(formatLock(read), text);
      t.is(formatLock(sources.toReversed().map((each) => ({ ...each, files: each.files.toReversed() }))), text);
      t.deepEqual(
        read.map((each) => each.name),
        sources.map((each) => each.name).sort(),
      );
    }),
    { numRuns: 50 },
  );
});

test('a lock without sources, and none, are the same', (t) => {
  t.deepEqual(parseLock('l', formatLock([])), []);
  t.deepEqual(parseLock('l', ''), []);
});

test('a damaged lock is refused with its place and the way out', (t) => {
  const said = (text: string) => {
    const error = t.throws(() => parseLock('rules/sources.lock.json', text), { instanceOf: RearviewError });
    return error?.lines ?? [];
  };
  t.regex(
    said('{"schema": "rearview.sources/v9", "sources": []}')[0] ?? '',
    /^rules\/sources\.lock\.json:1:2: error: schema must be/,
  );
  t.regex(said('{')[0] ?? '', /^rules\/sources\.lock\.json:1:\d+: error: Invalid YAML/);
  t.regex(said('[]').at(-1) ?? '', /restore it from version control/);
});
