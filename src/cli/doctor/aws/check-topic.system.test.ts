import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { onlyFaults, startSoundAws } from '../../../testing/aws/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo('a topic without a subscriber warns', async (t) => {
  const { check, services } = await startSoundAws(t);
  const { TopicArn = '' } = await services.sns.send(new CreateTopicCommand({ Name: 'silent' }));
  onlyFaults(
    t,
    await check({ alertTopicArn: TopicArn }),
    /^warn alerts: .*silent has no confirmed subscription: alerts are sent to no subscriber/,
  );
});
