import test from 'ava';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import { createTestTarget } from '../../testing/local/test-target.ts';
import { zipOf } from '../../testing/specimens/zip-of.ts';

const rules = { 'a.yar': 'rule Needle { strings: $a = "needle" condition: $a }' };
const nested = zipOf({ 'inner.zip': zipOf({ 'deep.txt': 'a needle' }, 8), 'note.txt': 'nothing' }, 8);

test('what is inside an object is scanned, alerted, and in the ledger', async (t) => {
  const pipeline = await createTestTarget(t);
  await pipeline.write({ 'mail/outer.zip': nested, 'plain.txt': 'nothing' });
  await pipeline.publish(rules);
  await pipeline.start();
  const { id } = await pipeline.retro();
  const [alert, ...others] = await pipeline.alerts();
  t.deepEqual(others, []);
  t.like(alert, {
    onlyInside: true,
    members: [{ place: ['inner.zip', 'deep.txt'], size: 8 }],
    strings: [{ identifier: '$a', offset: 2, place: ['inner.zip', 'deep.txt'] }],
    file: { filename: 'outer.zip', size: nested.length, inside: { scanned: 3, reasons: {} } },
  });
  const ledger = await pipeline.ledger(id);
  t.like(
    ledger.find(({ key }) => key.endsWith('outer.zip')),
    { outcome: { status: 'scanned', matches: 1, inside: { scanned: 3, formats: ['zip'], notScanned: [] } } },
  );
  t.false('inside' in (ledger.find(({ key }) => key.endsWith('plain.txt'))?.outcome ?? {}));
});

test('a raised limit makes due exactly what had reached it, and finds what is there', async (t) => {
  const low = await createTestTarget(t, { unpack: { ...defaultUnpackLimits, maxDepth: 1 } });
  await low.write({ 'outer.zip': nested, 'flat.zip': zipOf({ a: 'x' }), 'plain.txt': 'nothing' });
  await low.publish(rules);
  const running = await low.start();
  const first = await low.retro();
  t.is(first.counts.scanned, 3);
  t.like(
    (await low.ledger(first.id)).find(({ key }) => key.endsWith('outer.zip')),
    { outcome: { inside: { notScanned: [{ place: ['inner.zip'], reason: 'depth', detail: 'zip' }] } } },
  );
  t.deepEqual(await low.alerts(), []);
  await running.stop();

  const high = await createTestTarget(t, {}, low.dir);
  await high.start();
  const second = await high.retro();
  t.like(second.counts, { scanned: 1, covered: 2 });
  t.is((await high.alerts()).length, 1);
  t.like((await high.retro()).counts, { scanned: 0, covered: 3 });
});

test('objects whose members were not looked for are due once members are wanted', async (t) => {
  const off = await createTestTarget(t, { unpack: null });
  await off.write({ 'outer.zip': nested });
  await off.publish(rules);
  const running = await off.start();
  t.like((await off.retro()).counts, { scanned: 1, matches: 0 });
  await running.stop();

  const on = await createTestTarget(t, {}, off.dir);
  await on.start();
  t.like((await on.retro()).counts, { scanned: 1, matches: 1 });
});
