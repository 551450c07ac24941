/**
 * Prices of AWS: the only source of every dollar figure in commands, benchmarks and docs. US
 * dollars, on demand, first tier, without the free tier. Scripts fill the tables of the price
 * pages, so copies of them are empty. The figures are quoted from other texts of 2025 and 2026 that
 * agree.
 */
export const pricesOf = { region: 'us-east-1', regionName: 'N. Virginia', lookedUp: '2026-11-25' } as const;

export const services = ['S3', 'SQS', 'SNS', 'DynamoDB', 'Lambda', 'KMS', 'CloudWatch', 'EventBridge'] as const;
export type Service = (typeof services)[number];

export interface Price {
  readonly service: Service;
  /** Price of one unit. */
  readonly dollars: number;
  /** Text quoted on the page, for display. */
  readonly quoted: string;
  readonly page: string;
}

const s3 = 'https://aws.amazon.com/s3/pricing/';
const sqs = 'https://aws.amazon.com/sqs/pricing/';
const sns = 'https://aws.amazon.com/sns/pricing/';
const dynamo = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const lambda = 'https://aws.amazon.com/lambda/pricing/';
const kms = 'https://aws.amazon.com/kms/pricing/';
const cloudWatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const eventBridge = 'https://aws.amazon.com/eventbridge/pricing/';

export const priceList = {
  s3Read: { service: 'S3', dollars: 0.0004 / 1000, quoted: '$0.0004 per 1,000 GET and HEAD', page: s3 },
  s3Write: { service: 'S3', dollars: 0.005 / 1000, quoted: '$0.005 per 1,000 PUT, COPY, POST and LIST', page: s3 },
  s3GbMonth: { service: 'S3', dollars: 0.023, quoted: '$0.023 per GB and month (Standard)', page: s3 },
  s3InfrequentGbMonth: {
    service: 'S3',
    dollars: 0.0125,
    quoted: '$0.0125 per GB and month (Intelligent-Tiering, infrequent access)',
    page: s3,
  },
  s3ArchiveInstantGbMonth: {
    service: 'S3',
    dollars: 0.004,
    quoted: '$0.004 per GB and month (Intelligent-Tiering, archive instant access)',
    page: s3,
  },
  /** Objects below 128 KB are not monitored, and stay as expensive as in Standard. */
  s3MonitoredObject: {
    service: 'S3',
    dollars: 0.0025 / 1000,
    quoted: '$0.0025 per 1,000 objects and month (Intelligent-Tiering)',
    page: s3,
  },
  s3Transition: {
    service: 'S3',
    dollars: 0.01 / 1000,
    quoted: '$0.01 per 1,000 transitions to Intelligent-Tiering',
    page: s3,
  },
  s3InventoryObject: {
    service: 'S3',
    dollars: 0.0025 / 1e6,
    quoted: '$0.0025 per million objects in an inventory',
    page: s3,
  },
  /** Price of a request of up to 64 KB. */
  sqsRequest: { service: 'SQS', dollars: 0.4 / 1e6, quoted: '$0.40 per million requests (standard queue)', page: sqs },
  /** Up to 64 KB. Forwarding to SQS or Lambda is free. */
  snsPublish: { service: 'SNS', dollars: 0.5 / 1e6, quoted: '$0.50 per million publishes', page: sns },
  snsHttps: { service: 'SNS', dollars: 0.6 / 1e6, quoted: '$0.60 per million deliveries by HTTPS', page: sns },
  snsMail: { service: 'SNS', dollars: 2 / 1e5, quoted: '$2.00 per 100,000 mails', page: sns },
  /** Since November 2024. */
  dynamoRead: { service: 'DynamoDB', dollars: 0.125 / 1e6, quoted: '$0.125 per million read units', page: dynamo },
  dynamoWrite: { service: 'DynamoDB', dollars: 0.625 / 1e6, quoted: '$0.625 per million write units', page: dynamo },
  dynamoGbMonth: { service: 'DynamoDB', dollars: 0.25, quoted: '$0.25 per GB and month', page: dynamo },
  dynamoBackupGbMonth: {
    service: 'DynamoDB',
    dollars: 0.2,
    quoted: '$0.20 per GB and month of point-in-time recovery',
    page: dynamo,
  },
  lambdaRequest: { service: 'Lambda', dollars: 0.2 / 1e6, quoted: '$0.20 per million invocations', page: lambda },
  lambdaGbSecond: {
    service: 'Lambda',
    dollars: 0.000_013_333_4,
    quoted: '$0.0000133334 per GB-second (arm64)',
    page: lambda,
  },
  kmsKeyMonth: {
    service: 'KMS',
    dollars: 1,
    quoted: '$1 per key and month, and as much for its first and its second rotation',
    page: kms,
  },
  kmsRequest: { service: 'KMS', dollars: 0.03 / 10_000, quoted: '$0.03 per 10,000 requests', page: kms },
  /** Per name and combination of dimension values, for the hours in which it is reported. */
  cloudWatchMetricMonth: {
    service: 'CloudWatch',
    dollars: 0.3,
    quoted: '$0.30 per custom metric and month',
    page: cloudWatch,
  },
  /** Per metric that an alarm uses. */
  cloudWatchAlarmMonth: {
    service: 'CloudWatch',
    dollars: 0.1,
    quoted: '$0.10 per metric of an alarm and month',
    page: cloudWatch,
  },
  cloudWatchDashboardMonth: {
    service: 'CloudWatch',
    dollars: 3,
    quoted: '$3 per dashboard and month',
    page: cloudWatch,
  },
  logsGb: { service: 'CloudWatch', dollars: 0.5, quoted: '$0.50 per GB of logs taken in', page: cloudWatch },
  logsGbMonth: {
    service: 'CloudWatch',
    dollars: 0.03,
    quoted: '$0.03 per GB and month of logs kept',
    page: cloudWatch,
  },
  eventBridgeEvent: {
    service: 'EventBridge',
    dollars: 1 / 1e6,
    quoted: '$1.00 per million events to the bus of another account; events of AWS services in their own are free',
    page: eventBridge,
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof priceList;

/** US dollars of one unit, by name. */
export const prices: Readonly<Record<PriceName, number>> = mapPrices(({ dollars }) => dollars);

/**
 * Price of GuardDuty Malware Protection for S3, for comparison:
 * https://aws.amazon.com/guardduty/pricing/
 */
export const guardDutyForS3 = { perGb: 0.09, perObject: 0.215 / 1000 } as const;

/**
 * Memory with which a function has one whole vCPU:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
export const lambdaMemoryMb = 1769;

function mapPrices<Value>(map: (price: Price) => Value): Readonly<Record<PriceName, Value>> {
  // `Object.fromEntries` loses the type of the keys.
  return Object.fromEntries(Object.entries(priceList).map(([name, price]) => [name, map(price)])) as Record<
    PriceName,
    Value
  >;
}
