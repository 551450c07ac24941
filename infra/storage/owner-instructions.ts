import { roleArn, viaService } from '../arns.ts';
import type { ExistingBucket } from '../config/schema.ts';
import type { StackContext } from '../context.ts';
import { type ArrivalPattern, arrivalPattern } from '../queues/arrival-pattern.ts';
import { arrivalsBusPart } from '../queues/arrivals-bus.ts';
import { tagsObjects } from './deny-by-tag.ts';
import { ownerOf } from './existing-buckets.ts';

/** A statement without unresolved outputs. */
export interface PlainStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal?: { readonly AWS: readonly string[] } | { readonly Service: string };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Steps for the owner of a bucket in another account, so that it is scanned. JSON, for an output.
 */
export interface OwnerInstructions {
  readonly bucket: string;
  readonly account: string;
  /** Addition to the policy of the bucket. The roles must exist: after `pulumi up`. */
  readonly bucketPolicyStatements: readonly PlainStatement[];
  /**
   * Addition to the policy of the key that encrypts the bucket; null if the configuration names
   * none.
   */
  readonly keyPolicyStatement: PlainStatement | null;
  /**
   * A rule of EventBridge on the default bus, in the bucket's region, which must be that of the
   * stack; EventBridge must be on for the bucket.
   */
  readonly eventRule: {
    readonly eventPattern: ArrivalPattern;
    readonly targetBusArn: string;
    /** A role for the target of the rule: its trust policy and its permissions. */
    readonly targetRoleTrust: PlainStatement;
    readonly targetRolePolicy: PlainStatement;
  };
}

/**
 * Steps for the owners of existing buckets in other accounts. Access to a bucket needs both its
 * policy and that of the stack's roles. None for buckets of this account, where the policies of the
 * roles suffice.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 */
export function ownerInstructions(context: StackContext): readonly OwnerInstructions[] {
  return context.config.existingBuckets
    .filter((bucket) => ownerOf(bucket, context) !== context.account)
    .map((bucket) => instructionsFor(bucket, context));
}

function instructionsFor(bucket: ExistingBucket, context: StackContext): OwnerInstructions {
  const { partition, region, account: ours, names } = context;
  const account = ownerOf(bucket, context);
  const targetBusArn = `arn:${partition}:events:${region}:${ours}:event-bus/${names.of(arrivalsBusPart)}`;
  return {
    bucket: bucket.name,
    account,
    bucketPolicyStatements: bucketStatements(bucket, context),
    keyPolicyStatement:
      bucket.kmsKeyArn === null
        ? null
        : {
            Sid: 'RearviewReadsObjects',
            Effect: 'Allow',
            Principal: { AWS: analyzers(context) },
            Action: 'kms:Decrypt',
            Resource: '*',
            Condition: { StringEquals: { 'kms:ViaService': viaService(context, 's3') } },
          },
    eventRule: {
      eventPattern: arrivalPattern({ ...bucket, account }),
      targetBusArn,
      targetRoleTrust: {
        Sid: 'EventBridgeTakesItOn',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
      targetRolePolicy: {
        Sid: 'SendsEventsToRearview',
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: targetBusArn,
      },
    },
  };
}

/** docs/reference/aws.md and docs/explanation/verdicts.md, "Permissions". */
function bucketStatements(bucket: ExistingBucket, context: StackContext): readonly PlainStatement[] {
  const { quarantine } = context.config;
  const arn = `arn:${context.partition}:s3:::${bucket.name}`;
  const moves = quarantine.severities.length > 0 && quarantine.move;
  const onObjects = (sid: string, actions: readonly string[]): PlainStatement => ({
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: analyzers(context) },
    Action: actions,
    Resource: `${arn}/${bucket.prefix}*`,
  });
  const onBucket = (sid: string, roles: readonly string[], actions: readonly string[]): PlainStatement => ({
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: roles },
    Action: actions,
    Resource: arn,
    ...(bucket.prefix === '' ? {} : { Condition: { StringLike: { 's3:prefix': `${bucket.prefix}*` } } }),
  });
  return [
    onObjects('RearviewReadsObjects', ['s3:GetObject', 's3:GetObjectVersion']),
    // Without these, S3 reports missing objects as denied. It evaluates the key as prefix.
    onBucket('RearviewSeesWhatIsGone', analyzers(context), ['s3:ListBucket', 's3:ListBucketVersions']),
    onBucket('RearviewListsObjects', [roleArn(context, 'batcher')], ['s3:ListBucketVersions']),
    ...(tagsObjects(context)
      ? [
          onObjects('RearviewTagsObjects', [
            's3:GetObjectTagging',
            's3:GetObjectVersionTagging',
            's3:PutObjectTagging',
            's3:PutObjectVersionTagging',
          ]),
        ]
      : []),
    ...(moves ? [onObjects('RearviewMovesToQuarantine', ['s3:DeleteObject', 's3:DeleteObjectVersion'])] : []),
  ];
}

function analyzers(context: StackContext): readonly string[] {
  return [roleArn(context, 'live-analyzer'), roleArn(context, 'retro-analyzer')];
}
