import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { zipOf } from '../testing/specimens/zip-of.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };

testWithDynamo(
  'functions scan what is inside uploads and inside the corpus, once, and say what was missed',
  async (t) => {
    const pipeline = await startAwsPipeline(t);
    await pipeline.publish(alpha);
    const inner = zipOf({ 'deep.txt': 'alpha beta' }, 8);
    const truncated = inner.subarray(0, inner.length - 30);
    const outer = zipOf({
      'inner.zip': inner,
      'cut.gz': Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3),
      x: truncated,
    });
    await pipeline.target.corpus.put('in/outer.zip', outer);
    await pipeline.settle();
    const [alert, ...others] = await pipeline.alerts();
    t.deepEqual(others, []);
    t.like(alert, {
      onlyInside: true,
      members: [{ place: ['inner.zip', 'deep.txt'], size: 10 }, { place: ['x', 'deep.txt'] }],
      object: { key: 'in/outer.zip' },
    });
    const live = `live-${alert?.at.slice(0, 10)}`;
    const { entries } = await pipeline.target.state.scans.ledger(live, { limit: 10 });
    const [entry] = entries;
    t.is(entry?.outcome.status, 'scanned');
    t.like(entry?.outcome, { inside: { formats: ['gzip', 'zip'] } });
    const reasons = entry?.outcome.status === 'scanned' ? entry.outcome.inside?.reasons : undefined;
    t.true((reasons?.damaged ?? 0) >= 2, JSON.stringify(reasons));

    // The coverage has the members, so that only the new rule is due.
    await pipeline.publish({ ...alpha, 'b.yar': ruleFor('Beta', 'beta') });
    await pipeline.ended((await pipeline.begin()).id);
    t.deepEqual((await pipeline.alerts()).map(({ rule }) => rule.name).sort(), ['Alpha', 'Beta']);
    const again = await pipeline.ended((await pipeline.begin()).id);
    t.like(again.counts, { scanned: 0, covered: 1 });
  },
);
