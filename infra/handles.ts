import type { Input, Output } from '@pulumi/pulumi';
import type { tables } from '../src/adapters/aws/dynamodb/tables.ts';

/**
 * Parts of the stack as seen by other parts: names and ARNs, which are known once the part exists.
 */

export interface BucketHandle {
  readonly name: Output<string>;
  readonly arn: Output<string>;
  /** Null if no principal needs a permission on its key. */
  readonly keyArn: Output<string> | null;
}

/** An existing bucket, or a part of it. */
export interface ExistingBucketHandle extends BucketHandle {
  /** Prefix of the keys that belong to the corpus; empty: all. */
  readonly prefix: string;
  /** The account that owns it. */
  readonly account: string;
}

export interface TableHandle {
  readonly name: Output<string>;
  readonly arn: Output<string>;
}

/** The key pair that signs rulesets. */
export interface SigningKeyHandle {
  readonly arn: Output<string>;
  /** SPKI in DER, as base64. */
  readonly publicKey: Output<string>;
}

export interface StorageHandles {
  /** Destination of uploads. */
  readonly corpus: BucketHandle;
  /** Rulesets below `rulesets/`, alerts too large for a message below `alerts/`. */
  readonly artifacts: BucketHandle;
  /** Null if it is not configured. */
  readonly quarantine: BucketHandle | null;
  /** Destination of S3 Inventory, for listing in retro scans; null if it is off. */
  readonly inventories: BucketHandle | null;
  readonly existing: readonly ExistingBucketHandle[];
  readonly tables: Readonly<Record<keyof typeof tables, TableHandle>>;
  /** For tables, queues, topics, logs and artifacts. */
  readonly stateKeyArn: Output<string>;
  /** For the corpus and quarantine buckets. */
  readonly corpusKeyArn: Output<string>;
  readonly signingKey: SigningKeyHandle;
}

export interface QueueHandle {
  readonly name: Output<string>;
  readonly url: Output<string>;
  readonly arn: Output<string>;
  readonly deadLetterName: Output<string>;
  readonly deadLetterUrl: Output<string>;
  readonly deadLetterArn: Output<string>;
}

export interface QueueHandles {
  readonly live: QueueHandle;
  readonly retro: QueueHandle;
  /** Batches of previews, separate from those of retro scans. */
  readonly preview: QueueHandle;
  /** Failed asynchronous invocations of functions. */
  readonly failures: { readonly name: Output<string>; readonly url: Output<string>; readonly arn: Output<string> };
}

export interface TopicHandles {
  readonly alertsArn: Output<string>;
  /** Null if no notices are configured. */
  readonly cleanArn: Output<string> | null;
  readonly operationsArn: Output<string>;
  /** Undelivered messages of subscriptions; null if no subscription has dead letters. */
  readonly undelivered: {
    readonly name: Output<string>;
    readonly url: Output<string>;
    readonly arn: Output<string>;
  } | null;
}

export type FunctionName = 'live-analyzer' | 'retro-analyzer' | 'batcher' | 'scan-finisher' | 'redrive';

export interface FunctionHandle {
  /** In AWS: `rearview-prod-live-analyzer`. */
  readonly name: Output<string>;
  /** The alias for all invocations. */
  readonly aliasArn: Output<string>;
  readonly logGroupName: Output<string>;
  readonly timeoutSeconds: number;
}

/** The function that plans retro scans. */
export interface BatcherHandle extends FunctionHandle {
  /** The alias that pull requests may invoke, which only starts previews. */
  readonly previewAliasArn: Output<string>;
}

export type FunctionHandles = Readonly<Record<Exclude<FunctionName, 'batcher'>, FunctionHandle>> & {
  readonly batcher: BatcherHandle;
};

/**
 * A statement of a policy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, Input<string> | readonly Input<string>[]>>;
  readonly Action: string | readonly string[];
  readonly Resource: Input<string> | readonly Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Input<string> | readonly Input<string>[]>>>>;
}
