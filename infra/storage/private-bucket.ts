import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { BucketHandle, Statement } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import type { LifecycleRule } from './lifecycle.ts';
import { transportStatements } from './transport-statements.ts';

export interface PrivateBucketOptions {
  /** Last part of its name. */
  readonly part: string;
  /** Null: S3's own keys, the only ones that some services can write under. */
  readonly keyArn: pulumi.Output<string> | null;
  readonly versioned: boolean;
  /**
   * Whether it has data that cannot be created again: then neither `pulumi destroy` nor a mistake
   * removes it, unless the configuration allows it.
   */
  readonly isData: boolean;
  readonly lifecycle: readonly LifecycleRule[];
  /** Statements of its policy, in addition to those that require TLS. */
  readonly statements?: (arn: pulumi.Output<string>) => readonly Statement[];
  /** Destination of its access logs, below its part of the name. Default: none. */
  readonly logs?: PrivateBucket;
}

/**
 * A bucket that only explicitly allowed principals can access: encrypted, TLS only, without ACLs
 * and public access.
 */
export class PrivateBucket extends pulumi.ComponentResource implements BucketHandle {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string> | null;
  /** Dependencies for writers to the bucket. */
  readonly policy: aws.s3.BucketPolicy;

  constructor(context: StackContext, options: PrivateBucketOptions, opts?: pulumi.ComponentResourceOptions) {
    const { part, keyArn, versioned, isData, lifecycle, statements = () => [], logs } = options;
    super('rearview:storage:PrivateBucket', `${part}-bucket`, {}, opts);
    const parent = { parent: this };
    const isKept = isData && context.config.protect;

    const made = new aws.s3.Bucket(
      part,
      { bucket: context.names.bucket(part), forceDestroy: !isKept, tags: context.tags },
      { ...parent, protect: isKept },
    );
    const bucket = made.bucket;
    const publicAccess = new aws.s3.BucketPublicAccessBlock(
      `${part}-public-access`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      parent,
    );
    new aws.s3.BucketOwnershipControls(
      `${part}-ownership`,
      { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      parent,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${part}-encryption`,
      { bucket, rules: [encryptionRule(keyArn)] },
      parent,
    );
    const versioning = versioned
      ? [
          new aws.s3.BucketVersioning(
            `${part}-versioning`,
            { bucket, versioningConfiguration: { status: 'Enabled' } },
            parent,
          ),
        ]
      : [];
    // Rules for old versions need versions:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
    new aws.s3.BucketLifecycleConfiguration(
      `${part}-lifecycle`,
      { bucket, rules: [...lifecycle] },
      { ...parent, dependsOn: versioning },
    );
    // S3 refuses to change both at once.
    this.policy = new aws.s3.BucketPolicy(
      `${part}-policy`,
      { bucket, policy: policyDocument([...transportStatements(made.arn), ...statements(made.arn)]) },
      { ...parent, dependsOn: [publicAccess] },
    );
    if (logs !== undefined) {
      new aws.s3.BucketLogging(
        `${part}-logging`,
        {
          bucket,
          targetBucket: logs.name,
          targetPrefix: `${part}/`,
          targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: 'EventTime' } },
        },
        { ...parent, dependsOn: [logs.policy] },
      );
    }
    this.name = bucket;
    this.arn = made.arn;
    this.keyArn = keyArn;
    this.registerOutputs({ name: this.name, arn: this.arn });
  }
}

/**
 * A bucket key avoids most calls to KMS. Customer-provided keys (SSE-C) are refused: only the
 * uploader could read such an object, so it would never be scanned.
 */
function encryptionRule(
  keyArn: pulumi.Output<string> | null,
): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
  const blockedEncryptionTypes = ['SSE-C'];
  if (keyArn === null) {
    return { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, blockedEncryptionTypes };
  }
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
    bucketKeyEnabled: true,
    blockedEncryptionTypes,
  };
}
