import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { createSqsQueue } from '../../../adapters/aws/sqs/sqs-queue.ts';
import { onlyFaults, startSoundAws } from '../../../testing/aws/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo('a queue fails if its dead letters go elsewhere, too late, or never', async (t) => {
  const { check, config, services } = await startSoundAws(t);
  const { sqs, endpoints } = services;
  onlyFaults(
    t,
    await check({ maxReceives: 5 }),
    /^fail live setup: .*maxReceiveCount 3, REARVIEW_MAX_RECEIVES is 5/,
    /^fail retro setup: .*maxReceiveCount 3/,
    /^fail preview setup: .*maxReceiveCount 3/,
  );
  onlyFaults(
    t,
    await check({ liveDeadLetterUrl: config.retroDeadLetterUrl }),
    /^fail live setup: .*live-dead, the settings name .*retro-dead/,
  );
  await sqs.send(new CreateQueueCommand({ QueueName: 'plain' }));
  const url = `${endpoints.sqs}/000000000000/plain`;
  onlyFaults(
    t,
    await check({ liveQueueUrl: url }),
    /^fail arrivals corpus: .*receives no events/,
    /^fail live setup: .*plain has no redrive policy.*maxReceiveCount 3/,
  );
});

testWithDynamo(
  'a queue that shows messages while a function works on them fails; one without a consumer warns',
  async (t) => {
    const { check, config, services, lambda, arnOf } = await startSoundAws(t);
    const shorten = { QueueUrl: config.liveQueueUrl, Attributes: { VisibilityTimeout: '29' } };
    await services.sqs.send(new SetQueueAttributesCommand(shorten));
    onlyFaults(t, await check(), /^fail live setup: messages are hidden for 29 s and .*live-analyzer may take 30 s/);
    shorten.Attributes.VisibilityTimeout = '60';
    await services.sqs.send(new SetQueueAttributesCommand(shorten));
    const live = await arnOf(config.liveQueueUrl);
    const good = lambda.mappings;
    lambda.mappings = { ...good, [live]: [{ function: 'live-analyzer', state: 'Disabled' }] };
    onlyFaults(t, await check(), /^warn live setup: .*no function takes its messages: .*live-analyzer is disabled/);
    lambda.mappings = { ...good, [live]: [] };
    onlyFaults(t, await check(), /^warn live setup: .*no function takes its messages: no function is mapped/);
  },
);

testWithDynamo('dead letters warn', async (t) => {
  const { check, config, target } = await startSoundAws(t);
  const queue = createSqsQueue({
    ...{
      client: target.clients.sqs,
      name: 'dead',
      url: config.liveDeadLetterUrl,
      deadLetterUrl: config.liveDeadLetterUrl,
    },
  });
  await queue.send(['"x"']);
  onlyFaults(t, await check(), /^warn queue live: 0 messages waiting, 1 dead letter: see "rearview queue status/);
});
