import type { Verdict } from '../../domain/scans/verdict.ts';

/** A verdict on an object without a match, by the ruleset `abab…`. */
export function sampleVerdict(fields: Partial<Verdict> = {}): Verdict {
  return {
    status: 'clean',
    object: { bucket: 'corpus', key: 'k', version: '1', size: 1, arrivedAt: '2026-01-01T00:00:00.000Z' },
    file: { sha256: 'c'.repeat(64), md5: 'm'.repeat(32), size: 1, filepath: '/srv/k', filename: 'k' },
    matches: [],
    scan: { id: 'live-2026-01-02', kind: 'live' },
    ruleset: { id: 'ab'.repeat(32) },
    at: '2026-01-02T03:04:05.678Z',
    ...fields,
  };
}
