import { batchOf, entryOf, scanOf } from '../../../src/adapters/local/database/scan-rows.ts';
import { decodeAlert } from '../../../src/adapters/stored/alert.ts';
import { seenAlert } from '../../../src/adapters/stored/seen-alert.ts';
import { parseCurrent } from '../../../src/app/rulesets/current-ruleset.ts';
import { renderAlert } from '../../../src/domain/alerts/render-alert.ts';
import { RearviewError } from '../../../src/domain/errors.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const object = { bucket: 'corpus', key: 'a', version: 'v', arrivedAt: '2026-01-02T03:04:05.000Z' };
const alert = {
  ...{ schema: 'rearview.alert/1', id: 'i', reason: 'new_match', at: object.arrivedAt },
  rule: {
    id: 'n:r',
    namespace: 'n',
    name: 'r',
    tags: ['t'],
    meta: [{ identifier: 'a', value: 1 }],
    severity: 'high',
    logicHash: 'a'.repeat(64),
  },
  strings: [{ identifier: '$a', offset: 0, length: 1, data: 'x' }],
  file: { sha256: 'a'.repeat(64), md5: 'b'.repeat(32), size: 1, filepath: '/a', filename: 'a' },
  ...{ object, scan: { id: 'live', kind: 'live' }, ruleset: { id: 'c'.repeat(64) } },
};
const counts = {
  objects: 1,
  scanned: 1,
  covered: 0,
  excluded: 0,
  skipped: 0,
  failed: 0,
  bytes: 1,
  scannedBytes: 1,
  matches: 0,
};
const seeds: readonly unknown[] = [
  alert,
  { FileInfo: { S3Location: 'S3:corpus:a:b' }, MatchedRules: { Rule1: { RuleFile: 'a.yar', RuleName: 'r' } } },
  ['corpus'],
  { prefix: 'a/', minBytes: 1 },
  { sample: 0.5, sha256: [], within: [{ bucket: 'b', prefix: '' }], maxObjects: 1 },
  { bucket: 'corpus', after: null },
  counts,
  { objects: 1, bytes: 1, due: { objects: 1, bytes: 1, ms: null } },
  [{ ...object, size: 1 }],
  { status: 'failed', reason: 'timeout', detail: 'x' },
  { arrivedAt: object.arrivedAt, md5: 'b', hits: [{ rule: 'n:r', strings: alert.strings }] },
  {
    ...{ rulesetId: 'a', fileSha256: 'ab'.repeat(32), sequence: 2, publishedAt: 'x', commit: null, firstCommit: null },
    ...{ returnsTo: null, earlier: [] },
  },
];

const row = (text: string) => ({
  ...{
    id: 'i',
    kind: 'retro',
    state: 'running',
    ruleset_id: 'r',
    full: 0,
    buckets: text,
    filter: text,
    inventories: text,
  },
  ...{ preview: text, cursor: text, listing_done: 0, listed_objects: 0, listed_bytes: 0, batches_planned: 0 },
  ...{ batches_reported: 0, counts: text, expected: text, created_at: 'x', finished_at: null, error: null },
});
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  alert: (text) => renderAlert(decodeAlert(text), 'binaryalert'),
  scan: (text) =>
    scanOf({
      ...row('[]'),
      ...{ filter: '{}', preview: null, cursor: null, counts: JSON.stringify(counts) },
      expected: text,
    }),
  filter: (text) =>
    scanOf({
      ...row('[]'),
      ...{ filter: text, preview: null, cursor: null, counts: JSON.stringify(counts), expected: null },
    }),
  row: (text) => scanOf(row(text)),
  batch: (text) => batchOf({ scan_id: 's', batch_id: 'b', ruleset_id: 'r', objects: text }),
  outcome: (text) => entryOf({ ...object, size: 1, outcome: text, sha256: null, preview: null }),
  preview: (text) => entryOf({ ...object, size: 1, outcome: '{"status":"covered"}', sha256: null, preview: text }),
  current: parseCurrent,
};

/** A stored value is read, or reported as damaged. */
export const target: FuzzTarget = {
  name: 'stored-values',
  of: ['src/adapters/stored', 'src/adapters/local/database/scan-rows.ts', 'src/domain/text/parse-stored.ts'],
  syntax: 'json',
  seeds: () => seeds.map((value) => JSON.stringify(value)),
  words: [
    'schema',
    'rule',
    'file',
    'object',
    'status',
    'scanned',
    'skipped',
    'too_large',
    'S3:a:b',
    'sample',
    'due',
    'earlier',
    'meta',
  ],
  run(input) {
    const text = input.toString();
    const read = Object.entries(readers).flatMap(([name, reader]) => {
      try {
        reader(text);
        return [name];
      } catch (error) {
        if (!(error instanceof RearviewError)) throw error;
        require(error.code === 'ERR_STATE', 'a value that cannot be read is a damaged state');
        return [];
      }
    });
    return [...read, ...(seenAlert(text) === null ? [] : ['seen'])].join(', ') || 'nothing';
  },
};
