import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import type { Teardown } from '../teardown.ts';

export interface TestSqs {
  /** Also for the environment of a handler: `AWS_ENDPOINT_URL_SQS`. */
  readonly endpoint: string;
  readonly client: SQSClient;
  /** Answers the queue's URL, which needs no name to be resolved. Attributes as SQS has them: `VisibilityTimeout` in seconds (default 30). */
  createQueue(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  /** Makes a queue whose messages go to another, `<name>-dead`, after `maxReceives` deliveries. */
  createQueueWithDeadLetters(
    name: string,
    maxReceives: number,
    attributes?: Readonly<Record<string, string>>,
  ): Promise<{ readonly queueUrl: string; readonly deadUrl: string }>;
}

/** An SQS server on the loopback device that goes with the test. */
export async function startSqs(t: Teardown): Promise<TestSqs> {
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SQSClient({
    ...{ endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.teardown(async () => {
    client.destroy();
    await app.close();
  });

  const createQueue: TestSqs['createQueue'] = async (name, attributes = {}) => {
    await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    return `${endpoint}/000000000000/${name}`;
  };
  return {
    endpoint,
    client,
    createQueue,
    async createQueueWithDeadLetters(name, maxReceives, attributes = {}) {
      const deadUrl = await createQueue(`${name}-dead`);
      const dead = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }),
      );
      const RedrivePolicy = JSON.stringify({
        deadLetterTargetArn: dead.Attributes?.['QueueArn'],
        maxReceiveCount: maxReceives,
      });
      return { queueUrl: await createQueue(name, { ...attributes, RedrivePolicy }), deadUrl };
    },
  };
}
