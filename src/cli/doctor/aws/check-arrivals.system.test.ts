import { type NotificationConfiguration, PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { onlyFaults, startSoundAws } from '../../../testing/aws/sound-aws.ts';
import { failure } from '../../../testing/s3/s3-http.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

const corpusBuckets = [
  { name: 'corpus', prefix: '' },
  { name: 'mail', prefix: 'in/' },
];
const off = /^fail arrivals mail: EventBridge is off, .*run "rearview buckets connect mail"/;

testWithDynamo(
  'buckets other than the first must have EventBridge on; a missing permission to check it is named',
  async (t) => {
    const refused = new Set<string>();
    const aws = await startSoundAws(t, {
      existing: { mail: false },
      interceptS3: async (each, serve) =>
        each.query.has('notification') && refused.has(each.method)
          ? failure(403, 'AccessDenied', 'Access Denied')
          : serve(each),
    });
    const notify = (Bucket: string, NotificationConfiguration: NotificationConfiguration) =>
      aws.services.s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration,
          SkipDestinationValidation: true,
        }),
      );
    onlyFaults(t, await aws.check({ corpusBuckets }), off);
    const queue = await aws.arnOf(aws.config.liveQueueUrl);
    await notify('mail', { QueueConfigurations: [{ QueueArn: queue, Events: ['s3:ObjectCreated:*'] }] });
    onlyFaults(t, await aws.check({ corpusBuckets }), off);
    await notify('mail', { EventBridgeConfiguration: {} });
    onlyFaults(t, await aws.check({ corpusBuckets }));
    refused.add('GET');
    onlyFaults(
      t,
      await aws.check({ corpusBuckets }),
      /^warn arrivals corpus: .* is not known: .*the role needs s3:GetBucketNotification/,
      /^warn arrivals mail: .*s3:GetBucketNotification/,
    );
  },
);

testWithDynamo('the live queue or EventBridge must receive all events of the first bucket', async (t) => {
  const { check, services, arnOf, config } = await startSoundAws(t);
  const notify = (NotificationConfiguration: NotificationConfiguration) =>
    services.s3.send(
      new PutBucketNotificationConfigurationCommand({
        ...{ Bucket: 'corpus', NotificationConfiguration, SkipDestinationValidation: true },
      }),
    );
  const QueueArn = await arnOf(config.liveQueueUrl);
  const part = /^warn arrivals corpus: the live queue receives only some events of new objects: /;
  await notify({ QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:Put'] }] });
  onlyFaults(t, await check(), new RegExp(`${part.source}s3:ObjectCreated:Put\\.`));
  const Filter = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'in/' }] } };
  await notify({ QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*'], Filter }] });
  onlyFaults(t, await check(), new RegExp(`${part.source}s3:ObjectCreated:\\*, keys that begin with "in/"\\.`));
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:live';
  await notify({ TopicConfigurations: [{ TopicArn, Events: ['s3:ObjectCreated:*'] }] });
  onlyFaults(
    t,
    await check(),
    /^warn arrivals corpus: .*:live receives the events of new objects; whether the live queue is/,
  );
  const other = { QueueArn: `${QueueArn}-other`, Events: ['s3:ObjectCreated:*' as const] };
  await notify({ QueueConfigurations: [other, { QueueArn, Events: ['s3:ObjectRemoved:*'] }] });
  onlyFaults(
    t,
    await check(),
    /^fail arrivals corpus: the live queue .*receives no events of new objects, arn:\S+:live-other does/,
  );
  await notify({ QueueConfigurations: [other], EventBridgeConfiguration: {} });
  onlyFaults(t, await check());
});
