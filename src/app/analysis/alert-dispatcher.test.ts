import test, { type ExecutionContext } from 'ava';
import { createSqliteDeliveryLog } from '../../adapters/local/database/delivery-log.ts';
import { createSqliteMatchStore } from '../../adapters/local/database/match-store.ts';
import type { Alert } from '../../domain/alerts/alert.ts';
import { RearviewError } from '../../domain/errors.ts';
import { sampleAlert } from '../../ports/alert-sink.contract.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import { createAlertDispatcher } from './alert-dispatcher.ts';

/** Records one owed alert for each name. */
async function owed(t: ExecutionContext, names: readonly string[]) {
  const db = tempDatabase(t);
  const matches = createSqliteMatchStore({ db });
  const deliveries = createSqliteDeliveryLog({ db });
  for (const name of names) {
    const { reason: _, ...alert } = sampleAlert({ id: name });
    const candidate = { ...alert, object: { ...alert.object, key: name } };
    await matches.record([{ alert: candidate, isStaged: false, sameLogicRules: [alert.rule.id] }]);
  }
  return {
    matches,
    /** A dispatcher as a new process makes it. */
    dispatcher: (sinks: readonly AlertSink[]) =>
      createAlertDispatcher({ matches, deliveries, sinks, observe: () => undefined, retryMs: 60_000 }),
  };
}

/** A sink that takes what `take` does not refuse, and all that it was offered. */
function sinkOf(name: string, take: (alert: Alert) => void = () => undefined) {
  const taken: string[] = [];
  const offered: string[] = [];
  const sink: AlertSink = {
    name,
    async send(alert) {
      offered.push(alert.id);
      take(alert);
      taken.push(alert.id);
    },
  };
  return { sink, taken, offered };
}

const names = Array.from({ length: 250 }, (_, index) => `alert-${String(index).padStart(3, '0')}`);
const unavailable = () => {
  throw new RearviewError('ERR_UNAVAILABLE', 'down', { retryable: true });
};

test('a sink that does not respond is asked once a pass, and holds back nothing from the others, also at the end', async (t) => {
  const { dispatcher } = await owed(t, names);
  const [file, dead] = [sinkOf('file'), sinkOf('dead', unavailable)];
  const alerts = dispatcher([file.sink, dead.sink]);
  t.deepEqual(await alerts.stop(), [{ sink: 'dead', alerts: 250 }]);
  t.deepEqual(file.taken, names);
  t.is(dead.offered.length, 1);
});

test('what a sink took is not sent there again by a later process', async (t) => {
  const { dispatcher, matches } = await owed(t, names);
  const file = sinkOf('file');
  await dispatcher([file.sink, sinkOf('dead', unavailable).sink]).stop();
  const later = sinkOf('dead');
  t.deepEqual(await dispatcher([file.sink, later.sink]).stop(), []);
  t.deepEqual(file.taken, names);
  t.deepEqual(later.taken.toSorted(), names);
  t.deepEqual(await matches.pendingAlerts({ limit: 1 }), []);
});

test('an alert that makes the sink hang does not hold back those behind it', async (t) => {
  const { dispatcher } = await owed(t, names);
  const hook = sinkOf('hook', ({ id }) => {
    if (id === names[0] || id === names[1]) unavailable();
  });
  const alerts = dispatcher([hook.sink]);
  for (let pass = 0; pass < 3; pass += 1) await alerts.flush();
  t.deepEqual(hook.taken, names.slice(2));
  t.deepEqual(await alerts.stop(), [{ sink: 'hook', alerts: 2 }]);
});

test('a sink that failed for a moment gets its alert although another does not respond', async (t) => {
  const { dispatcher } = await owed(t, ['one']);
  let isFull = true;
  const file = sinkOf('file', () => {
    if (isFull) throw new RearviewError('ERR_ALERT_DELIVERY', 'full', { retryable: true });
  });
  const alerts = dispatcher([file.sink, sinkOf('dead', unavailable).sink]);
  t.is(await alerts.flush(), 1);
  isFull = false;
  t.deepEqual(await alerts.stop(), [{ sink: 'dead', alerts: 1 }]);
  t.deepEqual(file.taken, ['one']);
});
