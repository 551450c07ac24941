import type { ExecutionContext, TestFn } from 'ava';
import { type Alert, alertSchema } from '../domain/alerts/alert.ts';
import { hasCode } from '../domain/errors.ts';
import type { AlertSink } from './alert-sink.ts';

/** An alert to send in tests; its path is hostile to terminals and lines. */
export function sampleAlert(fields: Partial<Alert> = {}): Alert {
  return {
    schema: alertSchema,
    id: 'ab12',
    reason: 'new_match',
    at: '2026-01-01T00:00:00.000Z',
    rule: { id: 'a.yar:R', namespace: 'a.yar', name: 'R', tags: [], meta: [], severity: 'high', logicHash: 'L' },
    strings: [{ identifier: '$a', offset: 12, length: 2, data: '\\x1b]' }],
    file: { sha256: 'c', md5: 'm', size: 1, filepath: '/tmp/\u001b[2J\nALERT ü', filename: 'x' },
    object: { bucket: 'corpus', key: 'k', version: '1', arrivedAt: '2026-01-01T00:00:00.000Z' },
    scan: { id: 's', kind: 'live' },
    ruleset: { id: 'r' },
    ...fields,
  };
}

/** A sink under test. */
export interface AlertSinkUnderTest {
  readonly sink: AlertSink;
  /** Ids of the delivered alerts. Null if deliveries cannot be read back as alerts. */
  readonly delivered: (() => Promise<readonly string[]>) | null;
}

/**
 * Tests that every `AlertSink` passes. `makeBroken` returns one that cannot deliver, null for sinks
 * that always can.
 */
export function alertSinkContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<AlertSinkUnderTest> | AlertSinkUnderTest,
  makeBroken: ((t: ExecutionContext) => Promise<AlertSink> | AlertSink) | null,
): void {
  test('alerts: every alert is delivered separately', async (t) => {
    const { sink, delivered } = await makeAdapter(t);
    t.not(sink.name, '');
    await sink.send(sampleAlert({ id: '1' }));
    await Promise.all(['2', '3', '4'].map((id) => sink.send(sampleAlert({ id }))));
    if (delivered === null) return;
    t.deepEqual((await delivered()).toSorted(), ['1', '2', '3', '4']);
  });

  if (makeBroken !== null) {
    test('alerts: an alert that could not be delivered stays owed: ERR_ALERT_DELIVERY, retryable', async (t) => {
      const sink = await makeBroken(t);
      const error = await t.throwsAsync(sink.send(sampleAlert()));
      t.true(hasCode(error, 'ERR_ALERT_DELIVERY') && error.retryable);
    });
  }
}
