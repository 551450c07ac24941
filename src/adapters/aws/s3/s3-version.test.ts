import test from 'ava';
import { arrivedAtOf, conditionOf, etagOf, objectVersion } from './s3-version.ts';

test('a version is the version id, or the ETag if there is none', (t) => {
  t.is(objectVersion({ versionId: 'v1', etag: '"e"' }), 'v1');
  for (const etag of ['e', '"e"']) {
    t.is(objectVersion({ etag }), 'etag:"e"');
    t.is(objectVersion({ versionId: 'null', etag }), 'etag:"e"');
  }
  t.is(etagOf('etag:"e"'), '"e"');
  t.is(etagOf('v1'), null);
});

test('a request uses the version id, or the ETag for an object without one', (t) => {
  t.deepEqual(conditionOf(undefined, true), {});
  for (const versioned of [true, false]) t.deepEqual(conditionOf('v1', versioned), { VersionId: 'v1' });
  t.deepEqual(conditionOf('etag:"e"', false), { IfMatch: '"e"' });
  t.deepEqual(conditionOf('etag:"e"', true), { IfMatch: '"e"', VersionId: 'null' });
});

test('times are in whole seconds', (t) => {
  t.is(arrivedAtOf(new Date('2025-01-01T00:00:00.999Z')), '2025-01-01T00:00:00.000Z');
});
