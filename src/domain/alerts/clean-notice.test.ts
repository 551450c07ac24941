import test from 'ava';
import { sampleVerdict } from '../../testing/local/sample-verdict.ts';
import { cleanNotice } from './clean-notice.ts';

const { object, file } = sampleVerdict();

test('a notice names the file, its location, and the ruleset and scan that found it clean', (t) => {
  const { size: _, ...place } = object;
  t.like(cleanNotice(sampleVerdict()), {
    schema: 'rearview.clean/1',
    at: '2026-01-02T03:04:05.678Z',
    object: place,
    scan: { id: 'live-2026-01-02', kind: 'live' },
    ruleset: { id: 'ab'.repeat(32) },
  });
  t.deepEqual(cleanNotice(sampleVerdict())?.file, file);
});

test('notices about one object version share an id, and those about others differ', (t) => {
  const id = (fields: Parameters<typeof sampleVerdict>[0]) => cleanNotice(sampleVerdict(fields))?.id;
  t.regex(id({}) ?? '', /^[0-9a-f]{32}$/);
  t.is(id({ at: '2027-01-01T00:00:00.000Z', ruleset: { id: 'x' }, scan: { id: 'other', kind: 'live' } }), id({}));
  const others = [
    id({ object: { ...object, key: 'l' } }),
    id({ object: { ...object, version: '2' } }),
    id({ object: { ...object, bucket: 'b' } }),
    id({ file: file === null ? null : { ...file, sha256: 'd'.repeat(64) } }),
  ];
  t.is(new Set([id({}), ...others]).size, 5);
});

test('there is no notice about an object that is not clean', (t) => {
  for (const status of ['matched', 'skipped', 'failed'] as const) t.is(cleanNotice(sampleVerdict({ status })), null);
});
