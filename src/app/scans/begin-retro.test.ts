import test, { type ExecutionContext } from 'ava';
import { createTestTarget, ruleFor } from '../../testing/local/test-target.ts';
import { beginRetro } from './begin-retro.ts';

const rules = { 'a.yar': ruleFor('Alpha', 'alpha') };
const whole = { filter: {}, full: false, plan: true };

/**
 * A target that counts how often the active ruleset is read, and notes for which scans the batcher
 * is started.
 */
async function countingTarget(t: ExecutionContext) {
  const { target, publish, write } = await createTestTarget(t);
  await write({ one: 'alpha', two: 'beta' });
  await publish(rules);
  const batchers: string[] = [];
  let reads = 0;
  const library = {
    ...target.library,
    async current() {
      reads += 1;
      return target.library.current();
    },
  };
  const counting = { ...target, library, runBatcher: async (scanId: string) => void batchers.push(scanId) };
  return { target: counting, publish, batchers, reads: () => reads };
}

test('a retro scan is planned, created and given to the batcher with one reading of the active ruleset', async (t) => {
  const { target, batchers, reads } = await countingTarget(t);
  const { scan, plan, created } = await beginRetro(target, whole);
  t.is(reads(), 1);
  t.true(created);
  t.is(plan?.rulesetId, scan.rulesetId);
  t.like(scan.expected, { objects: plan?.objects ?? -1 });
  t.deepEqual(batchers, [scan.id]);
});

test('a ruleset that is published during the plan does not change the scan', async (t) => {
  const { target, publish } = await countingTarget(t);
  const readers = new Map(
    [...target.readers].map(([bucket, reader]) => [
      bucket,
      {
        ...reader,
        async list(options: Parameters<typeof reader.list>[0]) {
          await publish({ 'a.yar': ruleFor('Alpha', 'alpha') + ruleFor('Beta', 'beta') });
          return reader.list(options);
        },
      },
    ]),
  );
  const { scan, plan } = await beginRetro({ ...target, readers }, whole);
  t.is(plan?.rulesetId, scan.rulesetId);
});

test('a paused scan that is begun again stays paused, and the batcher is not started', async (t) => {
  const { target, batchers } = await countingTarget(t);
  const { scan } = await beginRetro(target, whole);
  await target.state.scans.setState(scan.id, ['running'], 'paused', { at: new Date().toISOString() });
  const again = await beginRetro(target, { ...whole, plan: false });
  t.like(again, { created: false, plan: null, scan: { id: scan.id, state: 'paused' } });
  t.deepEqual(batchers, [scan.id]);
});
