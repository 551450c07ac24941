import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import * as z from 'zod';
import { tables } from '../../adapters/aws/dynamodb/tables.ts';
import type { OperatorNotice } from '../../ports/operator-notices.ts';
import type { Signer } from '../../ports/signer.ts';
import { type AwsSettingName, awsSettings } from '../../targets/aws/aws-settings.ts';
import { type S3EmulatorOptions, startS3Emulator } from '../s3/s3-emulator.ts';
import { type EventObject, eventBridgeEvent, s3Notification } from '../s3/s3-events.ts';
import type { Teardown } from '../teardown.ts';
import { dynamoClientOf, makeTable, startDynamo } from './dynamodb-emulator.ts';
import { emulatedSigner } from './emulated-signer.ts';
import { type KmsServer, startKmsServer } from './kms-server.ts';

/**
 * The message that SNS sends to a queue:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
const envelope = z.object({ Subject: z.string(), Message: z.string() });
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
/** Also of the functions: a queue must hide messages at least as long. */
export const visibilitySeconds = 60;

/**
 * All services that the target in AWS uses but Lambda, in this process or beside it, with
 * everything provisioned.
 */
export interface AwsServices {
  /** Settings and endpoints as environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Only the settings, with the queues themselves. */
  readonly settings: Readonly<Record<string, string>>;
  /** Endpoints of the services themselves, without proxies. */
  readonly endpoints: { readonly s3: string; readonly sqs: string; readonly sns: string; readonly dynamo: string };
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly kms: KmsServer;
  /** Signs with the key that the settings name. */
  readonly signer: Signer;
  readonly corpus: string;
  /** Objects whose events S3 has sent to the live queue. */
  readonly created: readonly EventObject[];
  /** Notices for operators that came by their topic so far, in the order of their arrival. */
  operatorNotices(): Promise<readonly OperatorNotice[]>;
  /**
   * Alerts that came by the topic so far: messages as they are, in the order of their arrival,
   * repetitions included.
   */
  alerts(): Promise<readonly string[]>;
}

export interface AwsServicesOptions {
  /** Whether the corpus keeps versions. Default: true. */
  readonly versioned?: boolean;
  /**
   * Buckets next to the corpus of the stack, whose events come through EventBridge; true: they keep
   * versions. Default: none.
   */
  readonly existing?: Readonly<Record<string, boolean>>;
  readonly maxReceives?: number;
  readonly settings?: Partial<Record<AwsSettingName, string>>;
  /** See the S3 emulator. */
  readonly modifiedAt?: (key: string) => Date | undefined;
  /** Starts a proxy before a service; returns the endpoint to use. Default: the service itself. */
  readonly front?: (service: 'S3' | 'DYNAMODB' | 'SQS' | 'SNS', endpoint: string) => Promise<string>;
  /** The same for KMS, which only publishing uses. */
  readonly frontKms?: (endpoint: string) => Promise<string>;
  /** See the S3 emulator. */
  readonly interceptS3?: S3EmulatorOptions['intercept'];
}

export async function startAwsServices(
  t: Teardown,
  {
    versioned = true,
    existing = {},
    maxReceives = 3,
    settings = {},
    modifiedAt = () => undefined,
    front = async (_, endpoint) => endpoint,
    frontKms = async (endpoint) => endpoint,
    interceptS3,
  }: AwsServicesOptions = {},
): Promise<AwsServices> {
  const app = buildApp({ logger: false });
  // The emulator's own URLs of queues have a host name that has to be resolved, and the SDK sends
  // to where the URL says.
  app.addHook('onSend', async (_request, _reply, payload) =>
    typeof payload === 'string' ? payload.replaceAll('//sqs.us-east-1.localhost:', '//127.0.0.1:') : payload,
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());
  const messaging = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const config = { endpoint: messaging, region: 'us-east-1', credentials };
  const [sqs, sns] = [new SQSClient(config), new SNSClient(config)];
  t.teardown(() => {
    sqs.destroy();
    sns.destroy();
  });

  const created: EventObject[] = [];
  const sent: Promise<unknown>[] = [];
  const live = await createQueues(sqs, messaging, 'live', maxReceives);
  const retro = await createQueues(sqs, messaging, 'retro', maxReceives);
  const preview = await createQueues(sqs, messaging, 'preview', maxReceives);
  const s3 = await startS3Emulator(t, {
    versioned: (bucket) => existing[bucket] ?? versioned,
    modifiedAt,
    ...(interceptS3 === undefined ? {} : { intercept: interceptS3 }),
    onCreated(object) {
      if (object.bucket !== 'corpus' && existing[object.bucket] === undefined) return;
      created.push(object);
      const event = { ...object, eventTime: new Date().toISOString() };
      const body = object.bucket === 'corpus' ? s3Notification(event) : eventBridgeEvent(event);
      sent.push(sqs.send(new SendMessageCommand({ QueueUrl: live.url, MessageBody: body })));
    },
  });
  for (const Bucket of ['artifacts', ...Object.keys(existing)])
    await s3.client.send(new CreateBucketCommand({ Bucket }));
  await s3.client.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: 'corpus',
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn: live.arn, Events: ['s3:ObjectCreated:*'] }] },
      SkipDestinationValidation: true,
    }),
  );
  const { endpoint: dynamo } = await startDynamo(t);
  const client = dynamoClientOf(t, dynamo);
  for (const table of Object.values(tables)) await makeTable(client, table, table.name);

  const kms = await startKmsServer(t);
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
  const subscriber = await createQueue(sqs, messaging, 'subscriber', {});
  await sns.send(
    new SubscribeCommand({
      ...{ TopicArn, Protocol: 'sqs', Endpoint: subscriber.arn, Attributes: { RawMessageDelivery: 'true' } },
    }),
  );
  const { TopicArn: operationsTopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'operations' }));
  const operators = await createQueue(sqs, messaging, 'operators', {});
  await sns.send(new SubscribeCommand({ TopicArn: operationsTopicArn, Protocol: 'sqs', Endpoint: operators.arn }));
  const values: Partial<Record<AwsSettingName, string>> = {
    ...{ corpusBuckets: 'corpus', artifactsBucket: 'artifacts', versioned: String(versioned) },
    ...{ objectsTable: 'objects', scansTable: 'scans', matchesTable: 'matches' },
    ...{ liveQueueUrl: live.url, liveDeadLetterUrl: live.deadLetterUrl },
    ...{ retroQueueUrl: retro.url, retroDeadLetterUrl: retro.deadLetterUrl },
    ...{ alertTopicArn: TopicArn, operationsTopicArn, batcherFunction: 'batcher', maxReceives: String(maxReceives) },
    ...{ previewQueueUrl: preview.url, previewDeadLetterUrl: preview.deadLetterUrl },
    ...{ rulesetPublicKey: Buffer.from(kms.publicKey).toString('base64'), rulesetSigningKeyArn: kms.keyArn },
    ...settings,
  };
  const alerts: string[] = [];
  const notices: OperatorNotice[] = [];
  const settingsAt = (sqsEndpoint: string) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value = '']) => [
        awsSettings[name as AwsSettingName],
        // The SDK asks the server that the URL of a queue names.
        name.endsWith('Url') ? value.replace(messaging, sqsEndpoint) : value,
      ]),
    );
  const sqsFront = await front('SQS', messaging);
  return {
    settings: settingsAt(messaging),
    env: {
      ...settingsAt(sqsFront),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_S3: await front('S3', s3.endpoint),
      AWS_ENDPOINT_URL_SQS: sqsFront,
      AWS_ENDPOINT_URL_SNS: await front('SNS', messaging),
      AWS_ENDPOINT_URL_DYNAMODB: await front('DYNAMODB', dynamo),
      AWS_ENDPOINT_URL_KMS: await frontKms(kms.endpoint),
    },
    endpoints: { s3: s3.endpoint, sqs: messaging, sns: messaging, dynamo },
    ...{ s3: s3.client, sqs, sns, kms, corpus: 'corpus', created },
    signer: emulatedSigner({ ...settingsAt(messaging), AWS_ENDPOINT_URL_KMS: kms.endpoint }),
    async alerts() {
      await Promise.all(sent);
      alerts.push(...(await takeAll(subscriber.url)));
      return alerts;
    },
    async operatorNotices() {
      const envelopes = (await takeAll(operators.url)).map((body) => envelope.parse(JSON.parse(body)));
      notices.push(...envelopes.map(({ Subject: subject, Message: text }) => ({ subject, text })));
      return notices;
    },
  };

  async function takeAll(QueueUrl: string): Promise<readonly string[]> {
    const bodies: string[] = [];
    for (;;) {
      const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 };
      const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
      if (messages.length === 0) return bodies;
      bodies.push(...messages.map(({ Body: body = '' }) => body));
    }
  }
}

async function createQueues(sqs: SQSClient, endpoint: string, name: string, maxReceives: number) {
  const dead = await createQueue(sqs, endpoint, `${name}-dead`, {});
  const { url, arn } = await createQueue(sqs, endpoint, name, {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: maxReceives }),
  });
  return { url, arn, deadLetterUrl: dead.url };
}

async function createQueue(sqs: SQSClient, endpoint: string, name: string, attributes: Record<string, string>) {
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  // The emulator's own URL has a host name that has to be resolved.
  const url = `${endpoint}/000000000000/${name}`;
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  return { url, arn: (await sqs.send(asked)).Attributes?.['QueueArn'] ?? '' };
}
