/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const maxBucketName = 63;
/** Of an IAM role, the shortest that AWS takes of our other names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const maxName = 64;

/** Names of what a stack is made of. They carry the stack, so that two stacks in one account never meet. */
export interface Names {
  /** What all names begin with: `rearview-prod`. */
  readonly base: string;
  /** Of anything that is unique within an account and region: `rearview-prod-live-analyzer`. */
  of(part: string): string;
  /** Of a bucket. Their names are unique in the world, so it carries account and region too. */
  bucket(part: string): string;
}

/**
 * @throws Error where a name would be longer than AWS takes, or is none it takes
 */
export function namesOf(options: {
  readonly prefix: string;
  readonly stack: string;
  readonly account: string;
  readonly region: string;
}): Names {
  const { prefix, stack, account, region } = options;
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(stack)) {
    throw new Error(`The stack "${stack}" cannot give its name to buckets: call it by a-z, 0-9 and - alone.`);
  }
  const base = `${prefix}-${stack}`;
  const bounded = (name: string, most: number) => {
    if (name.length <= most) return name;
    throw new Error(
      `The name ${name} has ${name.length} characters and AWS takes ${most}: choose a shorter rearview:namePrefix or name of the stack.`,
    );
  };
  return {
    base,
    of: (part) => bounded(`${base}-${part}`, maxName),
    bucket: (part) => bounded(`${base}-${part}-${account}-${region}`, maxBucketName),
  };
}
