import * as z from 'zod';

/** A bucket of the corpus, or the part of one that belongs to it. */
export interface CorpusBucket {
  readonly name: string;
  /** Prefix of the keys that belong to the corpus, in the format of S3; empty: all. */
  readonly prefix: string;
}

/**
 * Includes the names of old buckets; S3 checks the rest:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const maxKeyBytes = 1024;

/**
 * Parses buckets as `bucket` or `bucket/prefix`, separated by commas or as a list. Everything after
 * the first `/` is the literal prefix: `bucket/mail/` has the keys below the folder, and
 * `bucket/mail` also `mailbox`.
 *
 * The first receives uploads, which may have any key, so it has no prefix. A bucket is named once,
 * since records of objects use its name.
 */
export const corpusBuckets = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())], {
    error: 'must be a list of buckets: bucket or bucket/prefix, separated by commas',
  })
  .transform((entries, context): readonly CorpusBucket[] => {
    const buckets = entries.filter((each) => each.trim() !== '').map(readEntry);
    const problem = problemOf(buckets);
    if (problem === null) return buckets;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  });

/** Formats the entry for `corpusBuckets`. */
export function formatCorpusBucket({ name, prefix }: CorpusBucket): string {
  return prefix === '' ? name : `${name}/${prefix}`;
}

/** Returns whether a key of the bucket belongs to the corpus. */
export function isInCorpus(key: string, { prefix }: Pick<CorpusBucket, 'prefix'>): boolean {
  return key.startsWith(prefix);
}

function readEntry(entry: string): CorpusBucket {
  const slash = entry.indexOf('/');
  if (slash < 0) return { name: entry.trim(), prefix: '' };
  // A prefix may end with spaces, as keys may.
  return { name: entry.slice(0, slash).trimStart(), prefix: entry.slice(slash + 1) };
}

function problemOf(buckets: readonly CorpusBucket[]): string | null {
  const [first] = buckets;
  if (first === undefined) return 'names no bucket';
  for (const [index, bucket] of buckets.entries()) {
    const { name, prefix } = bucket;
    const text = `"${formatCorpusBucket(bucket)}"`;
    if (!bucketName.test(name)) return `${text} is not a bucket: use bucket or bucket/prefix`;
    if (prefix.includes(',')) return `${text} has a comma in its prefix, but a comma starts another bucket`;
    if (Buffer.byteLength(prefix) > maxKeyBytes) return `${text} has a prefix that is longer than any key`;
    if (buckets.findIndex((each) => each.name === name) !== index) {
      return `${name} is listed twice: a bucket belongs to the corpus as a whole or with one prefix`;
    }
  }
  if (first.prefix === '') return null;
  return `the first bucket receives uploads and must not have a prefix: use ${first.name} without a prefix, or put another bucket first`;
}
