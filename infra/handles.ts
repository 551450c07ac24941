import type { Input, Output } from '@pulumi/pulumi';
import type { tables } from '../src/adapters/aws/dynamodb/tables.ts';

/** Parts of the stack as other parts see them: names and ARNs, which become known when the part exists. */

export interface BucketHandle {
  readonly name: Output<string>;
  readonly arn: Output<string>;
  /** Null where nothing needs a permission on its key. */
  readonly keyArn: Output<string> | null;
}

/** A bucket that is not ours, or a part of it. */
export interface ExistingBucketHandle extends BucketHandle {
  /** What the keys that belong to the corpus begin with; empty: all. */
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
  /** What is uploaded goes here. */
  readonly corpus: BucketHandle;
  /** Rulesets below `rulesets/`, alerts too large for a message below `alerts/`. */
  readonly artifacts: BucketHandle;
  /** Null where the configuration has none. */
  readonly quarantine: BucketHandle | null;
  /** S3 Inventory writes here, to be listed by retro scans; null where it is off. */
  readonly inventories: BucketHandle | null;
  readonly existing: readonly ExistingBucketHandle[];
  readonly tables: Readonly<Record<keyof typeof tables, TableHandle>>;
  /** Of tables, queues, topics, logs and artifacts. */
  readonly stateKeyArn: Output<string>;
  /** Of the corpus and quarantine buckets. */
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
  /** Batches of previews, apart from those of retro scans. */
  readonly preview: QueueHandle;
  /** What functions that were invoked asynchronously failed at. */
  readonly failures: { readonly name: Output<string>; readonly url: Output<string>; readonly arn: Output<string> };
}

export interface TopicHandles {
  readonly alertsArn: Output<string>;
  /** Null where the configuration wants no notices. */
  readonly cleanArn: Output<string> | null;
  readonly operationsArn: Output<string>;
  /** What SNS could not deliver to subscriptions; null where none of them has dead letters. */
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
  /** Of the alias that everything invokes. */
  readonly aliasArn: Output<string>;
  readonly logGroupName: Output<string>;
  readonly timeoutSeconds: number;
}

/** The function that plans retro scans. */
export interface BatcherHandle extends FunctionHandle {
  /** Of the alias that pull requests may invoke, which starts preview scans alone. */
  readonly previewAliasArn: Output<string>;
}

export type FunctionHandles = Readonly<Record<Exclude<FunctionName, 'batcher'>, FunctionHandle>> & {
  readonly batcher: BatcherHandle;
};

/** A statement of a policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, Input<string> | readonly Input<string>[]>>;
  readonly Action: string | readonly string[];
  readonly Resource: Input<string> | readonly Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Input<string> | readonly Input<string>[]>>>>;
}
