import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Clients of all services, with credentials, region and endpoints from where the SDK looks for them. */
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
/** Objects, records and alerts of one function are under way at the same time. */
const maxSockets = 64;
/** The SDK waits between attempts, longer each time and with jitter; what fails still is a message returned to its queue. */
const maxAttempts = 5;

export function createAwsClients(): AwsClients {
  const shared = {
    maxAttempts,
    requestHandler: { connectionTimeout, socketTimeout, httpsAgent: { maxSockets }, httpAgent: { maxSockets } },
  };
  const s3 = new S3Client(shared);
  const sqs = new SQSClient(shared);
  const dynamo = new DynamoDBClient(shared);
  const sns = new SNSClient(shared);
  const lambda = new LambdaClient(shared);
  return {
    ...{ s3, sqs, sns, lambda },
    dynamo: DynamoDBDocumentClient.from(dynamo),
    close() {
      for (const client of [s3, sqs, dynamo, sns, lambda]) client.destroy();
    },
  };
}
