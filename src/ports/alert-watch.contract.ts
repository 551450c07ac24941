import { createHash } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Alert } from '../domain/alerts/alert.ts';
import { sampleAlert } from './alert-sink.contract.ts';
import type { AlertSink } from './alert-sink.ts';
import type { AlertWatch, SeenAlert } from './alert-watch.ts';

/** A sink, and a way to watch what it sends. */
export interface WatchUnderTest {
  readonly sink: AlertSink;
  open(): Promise<AlertWatch>;
}

const never = new AbortController().signal;

/** An alert of rule `a.yar:R` for an object of bucket `corpus`. */
export function alertFor(key: string): Alert {
  const object = { bucket: 'corpus', key, version: '1', arrivedAt: '2026-01-01T00:00:00.000Z' };
  return sampleAlert({ id: createHash('sha256').update(key).digest('hex'), object });
}

/** Receives until alerts for this many keys have arrived. */
async function receiveAll(watch: AlertWatch, count: number): Promise<readonly string[]> {
  const keys = new Set<string>();
  while (keys.size < count) {
    for (const { key } of await watch.receive({ waitMs: 1000, signal: never })) keys.add(key);
  }
  return [...keys].sort();
}

/** Tests that every `AlertWatch` passes. */
export function alertWatchContract(
  test: TestFn,
  makeAdapter: (t: ExecutionContext) => Promise<WatchUnderTest> | WatchUnderTest,
): void {
  test('watch: alerts sent while it is open are seen, with their object and rule; earlier alerts are not', async (t) => {
    const { sink, open } = await makeAdapter(t);
    await sink.send(alertFor('before'));
    const watch = await open();
    const keys = ['a b+c%41', 'ü \u65e5\u672c', 'colon:colon', 'new\nline'];
    for (const key of keys) await sink.send(alertFor(key));
    const seen: SeenAlert[] = [];
    while (seen.length < keys.length) seen.push(...(await watch.receive({ waitMs: 1000, signal: never })));
    t.deepEqual(seen.map(({ key }) => key).sort(), keys.toSorted());
    t.true(seen.every(({ bucket, ruleId }) => bucket === 'corpus' && ruleId === 'a.yar:R'));
    t.deepEqual(await watch.close(), []);
  });

  test('watch: many alerts at once are all seen', async (t) => {
    const { sink, open } = await makeAdapter(t);
    const watch = await open();
    const keys = Array.from({ length: 35 }, (_, index) => `k${index}`);
    for (const key of keys) await sink.send(alertFor(key));
    t.deepEqual(await receiveAll(watch, 35), keys.toSorted());
    await watch.close();
  });

  test('watch: two watches at a time see the same alerts', async (t) => {
    const { sink, open } = await makeAdapter(t);
    const watches = [await open(), await open()];
    await sink.send(alertFor('a'));
    for (const watch of watches) t.deepEqual(await receiveAll(watch, 1), ['a']);
    for (const watch of watches) t.deepEqual(await watch.close(), []);
  });

  test('watch: the signal ends the wait with an empty result', async (t) => {
    const { open } = await makeAdapter(t);
    const watch = await open();
    const stop = new AbortController();
    const waiting = watch.receive({ waitMs: 600_000, signal: stop.signal });
    stop.abort();
    t.deepEqual(await waiting, []);
    t.deepEqual(await watch.receive({ waitMs: 600_000, signal: stop.signal }), []);
    await watch.close();
  });
}
