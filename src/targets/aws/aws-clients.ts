import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Sha256 } from './sha256.ts';

/** Clients of all services, with the SDK's credentials, region and endpoints. */
export interface AwsClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
  close(): void;
}

const connectionTimeout = 3000;
/** Longer than SQS lets a receiver wait. */
const socketTimeout = 30_000;
/** Objects, records and alerts of one function are processed at the same time. */
const maxSockets = 64;
/**
 * The SDK waits between attempts, longer each time and with jitter. After the last one, the message
 * returns to its queue.
 */
const maxAttempts = 5;

/** Overrides of the SDK's configuration: tests pass their own servers. */
export interface AwsClientOptions {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * Whether the clock of this machine is right. Otherwise each response corrects it, which takes a
   * tenth of the time of a request. Default: false.
   */
  readonly disableClockSkewCorrection?: boolean;
  /** URLs by service. */
  readonly endpoints?: Readonly<Partial<Record<'s3' | 'sqs' | 'dynamo' | 'sns' | 'lambda', string>>>;
}

/** For clients in the region of the settings. Without one, the SDK finds it. */
export function inRegion(region: string | undefined): { readonly region?: string } {
  return region === undefined ? {} : { region };
}

/** Connection, timeout, retry and signing settings of every client. */
export const clientDefaults = {
  maxAttempts,
  sha256: Sha256,
  requestHandler: { connectionTimeout, socketTimeout, httpsAgent: { maxSockets }, httpAgent: { maxSockets } },
} as const;

export function createAwsClients({ endpoints = {}, ...identity }: AwsClientOptions = {}): AwsClients {
  const shared = { ...identity, ...clientDefaults };
  const at = (endpoint: string | undefined) => ({ ...shared, ...(endpoint === undefined ? {} : { endpoint }) });
  const s3 = new S3Client(at(endpoints.s3));
  const sqs = new SQSClient(at(endpoints.sqs));
  const dynamo = new DynamoDBClient(at(endpoints.dynamo));
  const sns = new SNSClient(at(endpoints.sns));
  const lambda = new LambdaClient(at(endpoints.lambda));
  return {
    ...{ s3, sqs, sns, lambda },
    dynamo: DynamoDBDocumentClient.from(dynamo),
    close() {
      for (const client of [s3, sqs, dynamo, sns, lambda]) client.destroy();
    },
  };
}
