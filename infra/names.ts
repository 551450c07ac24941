/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const maxBucketName = 63;
/**
 * Maximum length of an IAM role's name, the shortest limit among the other names:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const maxName = 64;

/**
 * Names of the resources of a stack. They contain the stack, so that two stacks in one account
 * never conflict.
 */
export interface Names {
  /** Prefix of all names: `rearview-prod`. */
  readonly base: string;
  /** Names that are unique within an account and region: `rearview-prod-live-analyzer`. */
  of(part: string): string;
  /** Bucket names. They are globally unique, so they also contain account and region. */
  bucket(part: string): string;
}

/** @throws Error if a name would be too long or invalid in AWS */
export function namesOf(options: {
  readonly prefix: string;
  readonly stack: string;
  readonly account: string;
  readonly region: string;
}): Names {
  const { prefix, stack, account, region } = options;
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(stack)) {
    throw new Error(`The stack name "${stack}" cannot be used in bucket names: use only a-z, 0-9 and -.`);
  }
  const base = `${prefix}-${stack}`;
  const bounded = (name: string, most: number) => {
    if (name.length <= most) return name;
    throw new Error(
      `The name ${name} has ${name.length} characters, and AWS accepts ${most}: choose a shorter rearview:namePrefix or stack name.`,
    );
  };
  return {
    base,
    of: (part) => bounded(`${base}-${part}`, maxName),
    bucket: (part) => bounded(`${base}-${part}-${account}-${region}`, maxBucketName),
  };
}
