import { startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { s3Notification } from '../testing/s3/s3-events.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const byS3 = { principal: 'AWS:AIDAINPONIXQXHT3IKHL2', address: '205.255.255.255' };

testWithDynamo(
  'an alert names the uploader according to AWS, whatever path and host the uploader claims',
  async (t) => {
    const pipeline = await startAwsPipeline(t);
    await pipeline.publish(alpha);
    const claims = { filepath: '/home/victim/run.exe', host: 'victim', collector: 'victim', uploadedby: 'AWS:VICTIM' };
    await pipeline.target.corpus.put('victim/run.exe', Buffer.from('alpha beta'), { metadata: claims });
    await pipeline.settle();
    const [alert, ...others] = await pipeline.alerts();
    t.is(others.length, 0);
    t.deepEqual(alert?.object.uploadedBy, byS3);
    t.is(alert?.file.filepath, claims.filepath, 'a claim, and passed on as one');

    // A retro scan, which lists the bucket, knows it by the record.
    await pipeline.publish({ ...alpha, 'b.yar': ruleFor('Beta', 'beta') });
    await pipeline.ended((await pipeline.begin()).id);
    const later = (await pipeline.alerts()).find(({ rule }) => rule.name === 'Beta');
    t.is(later?.scan.kind, 'retro');
    t.deepEqual(later?.object.uploadedBy, byS3);
    const record = { bucket: 'corpus', key: 'victim/run.exe', version: later?.object.version ?? '' };
    t.deepEqual((await pipeline.target.state.records.getMany([record]))[0]?.uploadedBy, byS3, 'and keeps it there');
  },
);

testWithDynamo('a file that is scanned in place of the announced one is not attributed to its uploader', async (t) => {
  const pipeline = await startAwsPipeline(t, { versioned: false });
  await pipeline.target.corpus.put('a', Buffer.from('alpha'));
  const [created] = pipeline.services.created;
  if (created === undefined) throw new Error('nothing was created');
  // The event of the overwritten object, which somebody else uploaded.
  const overwritten = s3Notification({ ...created, etag: 'e'.repeat(32), principalId: 'AWS:SOMEBODY-ELSE' });
  await pipeline.publish(alpha);
  await pipeline.target.state.queues.live.send([overwritten]);
  await pipeline.settle();
  const [alert, ...others] = await pipeline.alerts();
  t.is(others.length, 0);
  t.not(alert?.object.uploadedBy?.principal, 'AWS:SOMEBODY-ELSE');
  const [record] = await pipeline.target.state.records.getMany(alert === undefined ? [] : [alert.object]);
  t.is(record?.outcome.status, 'scanned');
  t.not(record?.uploadedBy?.principal, 'AWS:SOMEBODY-ELSE');
});
