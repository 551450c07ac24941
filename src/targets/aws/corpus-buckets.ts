import { z } from 'zod';

/** A bucket of the corpus, or the part of one that belongs to it. */
export interface CorpusBucket {
  readonly name: string;
  /** What the keys that belong to the corpus begin with, as S3 has it; empty: all. */
  readonly prefix: string;
}

/** Also the names that old buckets have; S3 checks the rest: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const maxKeyBytes = 1024;

/**
 * Buckets as `bucket` or `bucket/prefix`, with commas between them or as a list. What follows the first `/` is the prefix as it stands, so that
 * `bucket/mail/` has those below the folder, and `bucket/mail` also `mailbox`.
 *
 * The first takes uploads, which may have any key: it has no prefix. A bucket is named once, since what is known of an object is kept by its name.
 */
export const corpusBuckets = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
  .transform((entries, context): readonly CorpusBucket[] => {
    const buckets = entries.filter((each) => each.trim() !== '').map(readEntry);
    const problem = problemOf(buckets);
    if (problem === null) return buckets;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  });

/** The entry that `corpusBuckets` reads. */
export function formatCorpusBucket({ name, prefix }: CorpusBucket): string {
  return prefix === '' ? name : `${name}/${prefix}`;
}

/** Whether a key of the bucket belongs to the corpus. */
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
    if (!bucketName.test(name)) return `${text} is no bucket: write bucket or bucket/prefix`;
    if (prefix.includes(',')) return `${text} has a comma in its prefix, where another bucket would begin`;
    if (Buffer.byteLength(prefix) > maxKeyBytes) return `${text} has a prefix longer than a key can be`;
    if (buckets.findIndex((each) => each.name === name) !== index) {
      return `${name} is there twice: a bucket belongs to the corpus as a whole or by one prefix`;
    }
  }
  if (first.prefix === '') return null;
  return `the first bucket takes uploads and may have no prefix: name ${first.name} alone, or put another bucket first`;
}
