/**
 * US dollars in us-east-1 (N. Virginia), on demand, first tier, without the free tier, looked up on 2026-11-24. The tables of the price pages are
 * filled in by scripts, and copies of them are empty: the figures are those that others quote from them between July 2025 and June 2026. What is
 * stored, logged, encrypted with KMS keys or sent out of the Region comes on top.
 */
export const prices = {
  /** https://aws.amazon.com/s3/pricing/ (S3 Standard): GET and HEAD, $0.0004 per 1,000 */
  s3Read: 0.0004 / 1000,
  /** PUT, COPY, POST and LIST, $0.005 per 1,000 */
  s3Write: 0.005 / 1000,
  /** https://aws.amazon.com/sqs/pricing/ (standard queue): $0.40 per million requests of up to 64 KB */
  sqsRequest: 0.4 / 1e6,
  /** https://aws.amazon.com/sns/pricing/ (standard topic): $0.50 per million publishes of up to 64 KB; what goes on to SQS or Lambda is free */
  snsPublish: 0.5 / 1e6,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ (since November 2024): $0.125 and $0.625 per million request units */
  dynamoRead: 0.125 / 1e6,
  dynamoWrite: 0.625 / 1e6,
  /** https://aws.amazon.com/lambda/pricing/ (x86): $0.20 per million requests */
  lambdaRequest: 0.2 / 1e6,
  /** $0.0000166667 per GB-second; Arm is a fifth less */
  lambdaGbSecond: 0.000_016_666_7,
} as const;

/** With this much a function has one whole vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const lambdaMemoryMb = 1769;

/** What some work took of the services. */
export interface Usage {
  /** Requests by service and action, as in `S3 GET object`. */
  readonly calls: ReadonlyMap<string, number>;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Requests that functions do not make themselves: S3's notifications, and what Lambda receives and deletes. */
  readonly queueRequests: number;
  readonly invocations: number;
  readonly billedSeconds: number;
}

export interface Dollars {
  readonly S3: number;
  readonly SQS: number;
  readonly SNS: number;
  readonly DynamoDB: number;
  readonly Lambda: number;
}

export function dollarsOf({ calls, ...usage }: Usage): Dollars {
  const count = (service: string, passes: (action: string) => boolean = () => true) =>
    [...calls].reduce((sum, [name, each]) => {
      const [of, ...action] = name.split(' ');
      return of === service && passes(action.join(' ')) ? sum + each : sum;
    }, 0);
  const isRead = (action: string) => action === 'GET object' || action === 'HEAD object';
  return {
    S3: count('S3', isRead) * prices.s3Read + count('S3', (action) => !isRead(action)) * prices.s3Write,
    SQS: (count('SQS') + usage.queueRequests) * prices.sqsRequest,
    SNS: count('SNS') * prices.snsPublish,
    DynamoDB: usage.readUnits * prices.dynamoRead + usage.writeUnits * prices.dynamoWrite,
    Lambda:
      usage.invocations * prices.lambdaRequest + usage.billedSeconds * (lambdaMemoryMb / 1024) * prices.lambdaGbSecond,
  };
}
