import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const count = 40;
const files = Object.fromEntries(
  Array.from({ length: count }, (_, index) => [`${index}.txt`, index === 7 ? 'a needle' : `hay ${index}`]),
);

testWithDynamo('in AWS, scans index what they read, and later ones read only what can match', async (t) => {
  const pipeline = await startAwsPipeline(t, { batchSize: 10 });
  const { target } = pipeline;
  await pipeline.publish({ 'a.yar': ruleFor('First', 'nowhere at all') });
  await pipeline.upload(files);
  await pipeline.settle();

  // Whatever the live analyzers still held is read now, and indexed.
  await pipeline.publish({ 'a.yar': ruleFor('First', 'nowhere at all'), 'b.yar': ruleFor('Second', 'elsewhere') });
  const second = await pipeline.ended((await pipeline.begin()).id);
  t.is(second.counts.scanned + second.counts.excluded, count);
  const indexed = (await target.segments.list()).reduce((sum, { objects }) => sum + objects, 0);
  t.is(indexed, count, 'each object once');

  await pipeline.publish({ 'c.yar': ruleFor('Third', 'needle') });
  const third = await pipeline.ended((await pipeline.begin()).id);
  t.like(third.counts, { objects: count, scanned: 1, excluded: count - 1, covered: 0, failed: 0, matches: 1 });
  const { matches } = await target.state.matches.list({ filter: {}, limit: 10 });
  t.deepEqual(
    matches.map(({ ruleId, alert }) => [ruleId, alert.object.key]),
    [['c.yar:Third', '7.txt']],
  );

  const proof = await pipeline.run('prove', third.id, '--audit', '10', '--json');
  t.is(proof.code, 0, proof.stderr);
  t.like(JSON.parse(proof.stdout), {
    excluded: count - 1,
    proven: count - 1,
    wrong: [],
    audit: { scanned: 10, wrong: [] },
  });
  const status = await pipeline.run('index', 'status', '--json');
  t.like(JSON.parse(status.stdout), { objects: count, indexed: count });
  const hunt = await pipeline.run('hunt', 'needle', '--json');
  t.regex(hunt.stdout, /7\.txt/);
  t.regex(hunt.stderr, /40 objects: 39 excluded by the index, 1 to read/);

  // The index may be deleted: then everything is read again, and indexed.
  for (const segment of await target.segments.list()) {
    await target.segments.retire(segment);
    await target.segments.remove(segment);
  }
  await pipeline.publish({ 'd.yar': ruleFor('Fourth', 'a needl') });
  const fourth = await pipeline.ended((await pipeline.begin()).id);
  t.like(fourth.counts, { scanned: count, excluded: 0, matches: 1 });
  await pipeline.publish({ 'e.yar': ruleFor('Fifth', 'thread') });
  const fifth = await pipeline.ended((await pipeline.begin()).id);
  t.like(fifth.counts, { scanned: 0, excluded: count });
});
