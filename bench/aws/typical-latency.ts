/**
 * Approximate milliseconds of a response within a Region; on loopback it is zero. Assumed, not
 * measured: AWS states "single-digit milliseconds" for DynamoDB and no number for the others.
 */
export const typicalMs = { S3: 25, DYNAMODB: 6, SQS: 10, SNS: 20 } as const;
