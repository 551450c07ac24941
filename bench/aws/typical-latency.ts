/**
 * Milliseconds that an answer takes within a Region, about; on loopback there are none. Assumed, not measured: AWS promises "single-digit
 * milliseconds" of DynamoDB and names no number of the others.
 */
export const typicalMs = { S3: 25, DYNAMODB: 6, SQS: 10, SNS: 20 } as const;
