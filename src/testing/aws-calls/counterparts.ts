import type { Target } from './permission.ts';

/** Something of the stack. */
export interface Counterpart {
  readonly arn: string;
  /** ARN of the key it is encrypted with; null if AWS owns the key, and no permission is needed. */
  readonly keyArn: string | null;
  /**
   * Whether S3 uses a bucket key. Default: false.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
   */
  readonly bucketKey?: boolean;
}

type ByName = Readonly<Record<string, Counterpart>>;

/** The parts of the stack, by the names of their counterparts in the emulators. */
export interface Counterparts {
  readonly account: string;
  readonly region: string;
  readonly buckets: ByName;
  readonly tables: ByName;
  readonly queues: ByName;
  readonly topics: ByName;
  /**
   * ARNs of keys that are used by themselves, and not by a service, by the ARNs of the emulator.
   */
  readonly keys: Readonly<Record<string, string>>;
  /** ARNs, with the qualifier that is invoked. */
  readonly functions: Readonly<Record<string, string>>;
  /** Names of the groups that functions log to. */
  readonly logGroups: Readonly<Record<string, string>>;
  /** ARNs of roles by access key id. */
  readonly roles: Readonly<Record<string, string>>;
}

/** @throws Error where there is none */
export function counterpartOf(target: Target, stack: Counterparts): Counterpart {
  switch (target.type) {
    case 'bucket':
      return find(stack.buckets, target.bucket);
    case 'object': {
      const bucket = find(stack.buckets, target.bucket);
      return { ...bucket, arn: `${bucket.arn}/${target.key}` };
    }
    case 'table': {
      const table = find(stack.tables, target.table);
      return target.index === undefined ? table : { ...table, arn: `${table.arn}/index/${target.index}` };
    }
    case 'queue':
      return find(stack.queues, target.queue);
    case 'topic':
      return find(stack.topics, target.topic);
    case 'key':
      return { arn: find(stack.keys, target.key), keyArn: null };
    case 'function':
      return {
        arn: target.function.startsWith('arn:aws:lambda:') ? target.function : find(stack.functions, target.function),
        keyArn: null,
      };
  }
}

function find<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new Error(`The stack has nothing for ${name}; known: ${Object.keys(all).join(', ')}.`);
  return found;
}
