import { createHash } from 'node:crypto';

/** A key of fixed length for text of any: DynamoDB's sort keys end at 1,024 bytes, S3's keys do not. 32 digits of lower-case hex. */
export function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** One of `count` partitions, by content: spreads writes that would else go to one. */
export function shardOf(text: string, count: number): number {
  return Number.parseInt(digestOf(text).slice(0, 8), 16) % count;
}
