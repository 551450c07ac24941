import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { onlyFaults, startSoundAws } from '../../../testing/aws/sound-aws.ts';
import type { S3Request } from '../../../testing/s3/s3-http.ts';
import { restrictedTo } from '../../../testing/s3/s3-restricted.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo('a bucket whose versioning is not as configured fails, whichever is wrong', async (t) => {
  const versioned = await startSoundAws(t);
  onlyFaults(
    t,
    await versioned.check({ versioned: false }),
    /^fail corpus corpus: keeps versions.*REARVIEW_VERSIONED to true/,
  );
  const plain = await startSoundAws(t, { versioned: false });
  onlyFaults(t, await plain.check());
  onlyFaults(t, await plain.check({ versioned: true }), /^fail corpus corpus: keeps no versions \(versioning: Never\)/);
});

testWithDynamo('a bucket other than the first may keep no versions, and is listed only by its prefix', async (t) => {
  const refused: S3Request[] = [];
  const { check, services } = await startSoundAws(t, {
    existing: { mail: false },
    interceptS3: async (each, serve) =>
      each.query.has('notification') || each.query.has('versioning')
        ? serve(each)
        : restrictedTo('mail', 'in/', (other) => refused.push(other))(each, serve),
  });
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await services.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'mail', NotificationConfiguration }));
  const bucketsWith = (prefix: string) => [
    { name: 'corpus', prefix: '' },
    { name: 'mail', prefix },
  ];
  const results = await check({ corpusBuckets: bucketsWith('in/') });
  onlyFaults(t, results);
  t.regex(results.find((each) => each.check === 'corpus mail')?.detail ?? '', /can be listed; keeps no versions/);
  t.deepEqual(refused, []);
  const whole = await check({ corpusBuckets: bucketsWith('') });
  onlyFaults(t, whole, /^fail corpus mail: .*the role needs s3:ListBucketVersions/);
});
