import { createHash } from 'node:crypto';

/**
 * Returns a key of fixed length for any text: DynamoDB's sort keys are limited to 1,024 bytes, S3's
 * keys are not. 32 lower-case hex digits.
 */
export function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/**
 * Returns one of `count` partitions, by content, to spread writes that would otherwise go to one.
 */
export function shardOf(text: string, count: number): number {
  return Number.parseInt(digestOf(text).slice(0, 8), 16) % count;
}
