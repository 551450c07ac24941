import { lambdaMemoryMb, prices } from '../../src/targets/aws/prices/aws-prices.ts';

/** The usage of the services by some work. */
export interface Usage {
  /** Requests by service and action, as in `S3 GET object`. */
  readonly calls: ReadonlyMap<string, number>;
  readonly readUnits: number;
  readonly writeUnits: number;
  /**
   * Requests that functions do not make themselves: S3's notifications, and receives and deletes by
   * Lambda.
   */
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
