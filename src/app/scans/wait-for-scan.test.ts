import test from 'ava';
import { hasEnded, hasStopped, waitForScan } from './wait-for-scan.ts';

const never = new AbortController().signal;

test('a wait ends with the first check that finds an end, and each check is reported', async (t) => {
  const states = ['running', 'running', 'completed', 'failed'] as const;
  const looks: string[] = [];
  let at = 0;
  const seen = await waitForScan(async () => ({ state: states[at++] ?? 'failed' }), hasEnded, {
    ...{ pollMs: 0, signal: never },
    onLook: ({ state }) => looks.push(state),
  });
  t.deepEqual(seen, { state: 'completed' });
  t.deepEqual(looks, ['running', 'running', 'completed']);
});

test('a wait without time, or an aborted one, returns the current state', async (t) => {
  const look = async () => ({ state: 'running' as const });
  t.deepEqual(await waitForScan(look, hasEnded, { pollMs: 3_600_000, signal: never, waitMs: 0 }), { state: 'running' });
  const abort = new AbortController();
  const onLook = () => abort.abort();
  const options = { pollMs: 3_600_000, signal: abort.signal, onLook };
  t.deepEqual(await waitForScan(look, hasEnded, options), { state: 'running' });
});

test('a paused scan has stopped, and has not ended', (t) => {
  t.true(hasStopped({ state: 'paused' }));
  t.false(hasEnded({ state: 'paused' }));
  t.true(hasStopped({ state: 'cancelled' }));
  t.false(hasStopped({ state: 'running' }));
});
