import test from 'ava';
import type { Alert } from '../../domain/alerts/alert.ts';
import { sampleAlert } from '../../ports/alert-sink.contract.ts';
import { checkOwedAlerts } from './check-owed-alerts.ts';

const nowMs = Date.parse('2026-01-01T12:00:00Z');
const check = (...times: readonly string[]) => {
  const alerts = times.map((at): Alert => ({ ...sampleAlert({}), at }));
  return checkOwedAlerts({ state: { matches: { pendingAlerts: async () => alerts } } }, nowMs);
};

test('owed alerts are counted, and fail the check once they are late', async (t) => {
  t.like(await check(), { status: 'ok', detail: 'none' });
  t.like(await check('2026-01-01T11:59:00Z'), { status: 'ok' });
  const late = await check('2026-01-01T11:00:00Z', '2026-01-01T11:59:00Z');
  t.is(late.status, 'fail');
  t.regex(late.detail, /^2 alerts, the oldest for 1 ?h.*: the receiver does not take them/);
});

test('a store that cannot be read fails only this check', async (t) => {
  const pendingAlerts = () => Promise.reject(new Error('away'));
  t.like(await checkOwedAlerts({ state: { matches: { pendingAlerts } } }, nowMs), { status: 'fail', detail: 'away' });
});
