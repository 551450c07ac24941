import test from 'ava';
import { contextFor } from '../testing/context-for-tests.ts';
import { recordProgram } from '../testing/record-program.ts';
import { corpusRules, type LifecycleRule } from './lifecycle.ts';
import { Storage } from './storage.ts';

const { corpus } = contextFor('prod').config;
const abort = {
  id: 'abort-incomplete-uploads',
  status: 'Enabled',
  filter: { prefix: '' },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};
const markers = {
  id: 'remove-expired-delete-markers',
  status: 'Enabled',
  filter: { prefix: '' },
  expiration: { expiredObjectDeleteMarker: true },
};

test('by default, files are kept forever, and only leftovers are removed', (t) => {
  t.deepEqual(corpusRules(corpus), [abort, markers]);
});

test('files expire, old versions expire and files change their storage class as configured', (t) => {
  const rules = corpusRules({ ...corpus, expireDays: 400, expireOldVersionsDays: 30, intelligentTieringDays: 0 });
  t.deepEqual(rules.slice(0, 2), [abort, markers]);
  const every = { status: 'Enabled', filter: { prefix: '' } };
  t.deepEqual(rules.slice(2), [
    { id: 'expire', ...every, expiration: { days: 400 } },
    { id: 'expire-old-versions-of-all', ...every, noncurrentVersionExpiration: { noncurrentDays: 30 } },
    { id: 'tier', ...every, transitions: [{ days: 0, storageClass: 'INTELLIGENT_TIERING' }] },
  ]);
});

test('a file that expires before its storage class would change keeps it', (t) => {
  const ids = (expireDays: number | null) =>
    corpusRules({ ...corpus, expireDays, intelligentTieringDays: 30 }).map(({ id }) => id);
  t.true(ids(null).includes('tier'));
  t.true(ids(31).includes('tier'));
  for (const days of [30, 1]) t.false(ids(days).includes('tier'));
});

test.serial('each bucket removes leftovers; logs, inventories and large alerts expire, rulesets never', async (t) => {
  const program = await recordProgram(
    async () =>
      new Storage(contextFor('prod', { corpus: { accessLogDays: 45 }, quarantine: { severities: ['critical'] } })),
  );
  const rulesOf = (part: string) => program.named(`${part}-lifecycle`).inputs['rules'] as readonly LifecycleRule[];
  for (const part of ['corpus', 'artifacts', 'quarantine', 'inventories', 'logs']) {
    t.deepEqual(rulesOf(part).slice(0, 2), [abort, markers], part);
    t.is(new Set(rulesOf(part).map(({ id }) => id)).size, rulesOf(part).length);
  }
  t.is(rulesOf('corpus').length, 2);
  t.is(rulesOf('quarantine').length, 2);
  t.like(rulesOf('logs')[2], { filter: { prefix: '' }, expiration: { days: 45 } });
  t.like(rulesOf('inventories')[2], { filter: { prefix: '' }, expiration: { days: 30 } });
  t.like(rulesOf('artifacts').slice(2), [
    { filter: { prefix: 'alerts/' }, expiration: { days: 365 } },
    { filter: { prefix: 'alerts/' }, noncurrentVersionExpiration: { noncurrentDays: 30 } },
    { filter: { prefix: 'reports/' }, noncurrentVersionExpiration: { noncurrentDays: 30 } },
    { filter: { prefix: 'index/' }, noncurrentVersionExpiration: { noncurrentDays: 1 } },
  ]);
  t.is(rulesOf('artifacts').length, 6);
});
