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

/** What a retro scan goes over. */
export interface RetroWork {
  /** Objects that the listing yields. */
  readonly listed: number;
  /** Objects that are to be scanned, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
}

/** Of a batch of the batcher: objects and bytes at most. */
const batch = { objects: 100, bytes: 64 * 1024 * 1024 } as const;
/** A record is read by the batcher and by the analyzer, and written in a transaction, which counts twice. */
const unitsPerObject = { read: 2, write: 2 } as const;
/** The item of a batch, when it is planned and when it has reported, and the sums: each in a transaction. */
const writeUnitsPerBatch = 24;
/** Sent, received and deleted. */
const queueRequestsPerBatch = 3;
/** Of an analyzer: what an object takes whatever its size, and how fast the rest of it is scanned with one vCPU. */
const speed = { msPerObject: 3, bytesPerMs: 40_000 } as const;

/**
 * US dollars that a retro scan takes, about: requests as `npm run bench -- aws` counts them, and the time of functions of one vCPU. Alerts come on top,
 * by the number of matches.
 */
export function retroCost({ listed, objects, bytes }: RetroWork): number {
  const batches = Math.max(objects / batch.objects, bytes / batch.bytes);
  const seconds = (objects * speed.msPerObject + bytes / speed.bytesPerMs) / 1000;
  return (
    (listed / 1000) * prices.s3Write +
    objects * prices.s3Read +
    (listed + objects * (unitsPerObject.read - 1)) * prices.dynamoRead +
    (objects * unitsPerObject.write + batches * writeUnitsPerBatch) * prices.dynamoWrite +
    batches * (queueRequestsPerBatch * prices.sqsRequest + prices.lambdaRequest) +
    seconds * (lambdaMemoryMb / 1024) * prices.lambdaGbSecond
  );
}
