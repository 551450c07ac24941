import test from 'ava';
import { createTestTarget } from '../../testing/local/test-target.ts';

const rules = {
  'a.yar': String.raw`
rule Alpha { strings: $a = "alpha" condition: $a }
// Divides the least integer by -1, which traps in the engine.
rule Trap { condition: filename == "trap" and (0 - 9223372036854775807 - 1) \ (filesize - 5) == 1 }
rule Endless { condition: filename == "endless" and for all i in (0 .. 100000000000) : ( i >= 0 ) }
`,
};

test('among many small files, one that crashes the engine and one without an end fail, and the others alert once', async (t) => {
  const pipeline = await createTestTarget(t, { deadlineMs: 1000 });
  const good = Array.from({ length: 120 }, (_, index) => [`${index}.txt`, index % 2 === 0 ? 'alpha' : 'beta']);
  await pipeline.write({
    ...Object.fromEntries(good),
    endless: 'x',
    trap: 'four',
    'large.bin': 'alpha'.repeat(500_000),
  });
  await pipeline.publish(rules);
  await pipeline.start();
  const { id, counts } = await pipeline.retro();
  t.like(counts, { objects: 123, scanned: 121, failed: 2, matches: 61 });
  const ledger = await pipeline.ledger(id);
  const outcomeOf = (name: string) => ledger.find(({ key }) => key.endsWith(`/${name}`))?.outcome;
  t.like(outcomeOf('endless'), { status: 'failed', reason: 'timeout' });
  t.like(outcomeOf('trap'), { status: 'failed', reason: 'engine_crash' });
  const alerts = await pipeline.alerts();
  t.is(alerts.length, 61);
  t.is(new Set(alerts.map((alert) => alert.id)).size, 61);
  const { md5 } = alerts.find(({ file }) => file.filename === '0.txt')?.file ?? {};
  t.is(md5, '2c1743a391305fbf367df8e4f069f9f9', 'an alert names the MD5 of a file that a worker read');
  const objects = pipeline.events.filter((event) => event.type === 'object');
  t.is(objects.length, 123, 'one event for each');
});
