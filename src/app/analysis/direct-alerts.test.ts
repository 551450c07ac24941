import test from 'ava';
import { createSqliteMatchStore } from '../../adapters/local/database/match-store.ts';
import { type Alert, alertSchema } from '../../domain/alerts/alert.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { MatchCandidate, MatchStore } from '../../ports/match-store.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import type { PipelineEvent } from '../pipeline/events.ts';
import { createDirectAlerts } from './direct-alerts.ts';

const start = Date.parse('2026-01-01T00:00:00.000Z');

function candidate(key: string, atMs = start): MatchCandidate {
  const at = new Date(atMs).toISOString();
  return {
    isStaged: false,
    sameLogicRules: ['a.yar:R'],
    alert: {
      ...{ schema: alertSchema, id: key, at, strings: [] },
      rule: { id: 'a.yar:R', namespace: 'a.yar', name: 'R', tags: [], meta: [], severity: 'high', logicHash: 'L' },
      file: { sha256: key, md5: 'm', size: 1, filepath: key, filename: key },
      object: { bucket: 'corpus', key, version: '1', arrivedAt: at },
      scan: { id: 's', kind: 'live' },
      ruleset: { id: 'rs' },
    },
  };
}

/** One process among several that share a match store. */
function process(matches: MatchStore, fails: (alert: Alert) => boolean = () => false) {
  const sent: string[] = [];
  const events: PipelineEvent[] = [];
  let now = start;
  const alerts = createDirectAlerts({
    matches,
    sinks: [
      {
        name: 'sink',
        send: async (alert) => {
          if (fails(alert)) throw new RearviewError('ERR_ALERT_DELIVERY', 'No.', { retryable: true });
          sent.push(alert.id);
        },
      },
    ],
    observe: (event) => events.push(event),
    now: () => now,
  });
  return {
    alerts,
    sent,
    events,
    setNow(ms: number) {
      now = ms;
    },
  };
}

test('a process sends its own alerts at once, and marks them', async (t) => {
  const matches = createSqliteMatchStore({ db: tempDatabase(t) });
  const { alerts, sent } = process(matches);
  await alerts.owe(await matches.record([candidate('a'), candidate('b')]));
  t.deepEqual(sent.toSorted(), ['a', 'b']);
  t.deepEqual(await matches.pendingAlerts({ limit: 10 }), []);
});

test('a fresh alert is left to the process that found it, and any process sends an old one', async (t) => {
  const matches = createSqliteMatchStore({ db: tempDatabase(t) });
  await matches.record([candidate('a')]);
  const other = process(matches);
  other.setNow(start + 119_000);
  t.is(await other.alerts.flush(), 0);
  t.deepEqual(other.sent, []);
  other.setNow(start + 121_000);
  t.is(await other.alerts.flush(), 0);
  t.deepEqual(other.sent, ['a']);
  await other.alerts.flush();
  t.deepEqual(other.sent, ['a']);
});

test('an alert that cannot be sent stays owed, fails nothing, and does not hold back the others', async (t) => {
  const matches = createSqliteMatchStore({ db: tempDatabase(t) });
  const found = await matches.record(Array.from({ length: 250 }, (_, index) => candidate(`k${index}`)));
  const broken = process(matches, ({ id }) => id === 'k3');
  await t.notThrowsAsync(broken.alerts.owe(found));
  t.is(broken.sent.length, 249);
  t.deepEqual(
    (await matches.pendingAlerts({ limit: 10 })).map(({ id }) => id),
    ['k3'],
  );
  broken.setNow(start + 600_000);
  t.is(await broken.alerts.flush(), 1);
  const mended = process(matches);
  mended.setNow(start + 600_000);
  t.is(await mended.alerts.flush(), 0);
  t.deepEqual(mended.sent, ['k3']);
});

test('a store that cannot mark is reported, and the alert is sent again with the same id', async (t) => {
  const store = createSqliteMatchStore({ db: tempDatabase(t) });
  const matches: MatchStore = { ...store, markSent: async () => Promise.reject(new Error('no disk')) };
  const one = process(matches);
  await t.notThrowsAsync(one.alerts.owe(await store.record([candidate('a')])));
  t.like(one.events.at(-1), { type: 'problem', where: 'alerts', message: 'no disk' });
  const other = process(store);
  other.setNow(start + 600_000);
  await other.alerts.flush();
  t.deepEqual(other.sent, ['a']);
});
