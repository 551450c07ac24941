import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { BucketHandle, ExistingBucketHandle, SigningKeyHandle, StorageHandles } from '../handles.ts';
import { createAccessLogs } from './access-logs.ts';
import { CorpusInventory } from './corpus-inventory.ts';
import { denyByTag } from './deny-by-tag.ts';
import { encryptionStatements } from './encryption-statements.ts';
import { existingBuckets } from './existing-buckets.ts';
import { createKeys } from './keys.ts';
import { corpusRules, expireAfter, expireOldVersions, tidyRules } from './lifecycle.ts';
import { PrivateBucket } from './private-bucket.ts';
import { readableClassesOnly } from './readable-classes.ts';
import { SigningKey } from './signing-key.ts';
import { StateTables } from './state-tables.ts';
import { writeOnce } from './write-once.ts';

/** Retention of alerts too large for a message: the tables keep their matches permanently. */
const alertDays = 365;
const oldArtifactDays = 30;
const oldIndexDays = 1;

/**
 * All persistent resources: keys, buckets, tables. Data is protected unless the configuration says
 * otherwise.
 */
export class Storage extends pulumi.ComponentResource implements StorageHandles {
  readonly corpus: BucketHandle;
  readonly artifacts: BucketHandle;
  readonly quarantine: BucketHandle | null;
  readonly inventories: BucketHandle | null;
  readonly existing: readonly ExistingBucketHandle[];
  readonly tables: StorageHandles['tables'];
  readonly stateKeyArn: pulumi.Output<string>;
  readonly corpusKeyArn: pulumi.Output<string>;
  readonly signingKey: SigningKeyHandle;

  constructor(context: StackContext, opts?: pulumi.ComponentResourceOptions) {
    super('rearview:storage:Storage', 'storage', {}, opts);
    const parent = { parent: this };
    const { corpus: corpusConfig, quarantine } = context.config;

    const { corpusKeyArn, stateKeyArn } = createKeys(context, parent);
    this.signingKey = new SigningKey(context, parent);
    const logs = createAccessLogs(context, parent);
    const ofFiles = { keyArn: corpusKeyArn, versioned: true, isData: true, logs } as const;

    const corpus = new PrivateBucket(
      context,
      {
        ...ofFiles,
        part: 'corpus',
        lifecycle: corpusRules(corpusConfig),
        statements: (arn) => [
          ...encryptionStatements(arn, corpusKeyArn),
          ...readableClassesOnly(arn),
          ...denyByTag(context, arn),
        ],
      },
      parent,
    );
    this.quarantine =
      quarantine.severities.length > 0 && quarantine.move
        ? new PrivateBucket(
            context,
            {
              ...ofFiles,
              part: 'quarantine',
              lifecycle: tidyRules,
              statements: (arn) => encryptionStatements(arn, corpusKeyArn),
            },
            parent,
          )
        : null;
    this.artifacts = new PrivateBucket(
      context,
      {
        part: 'artifacts',
        keyArn: stateKeyArn,
        versioned: true,
        isData: true,
        logs,
        lifecycle: [
          ...tidyRules,
          expireAfter('alerts/', alertDays),
          expireOldVersions('alerts/', oldArtifactDays),
          expireOldVersions('reports/', oldArtifactDays),
          // Segments that were joined: what is still needed was copied.
          expireOldVersions('index/', oldIndexDays),
        ],
        statements: (arn) => [...encryptionStatements(arn, stateKeyArn), ...writeOnce(arn, 'rulesets/')],
      },
      parent,
    );
    const frequency = corpusConfig.inventory;
    this.inventories = frequency === 'off' ? null : new CorpusInventory(context, { corpus, frequency }, parent).bucket;

    this.corpus = corpus;
    this.existing = existingBuckets(context);
    this.tables = new StateTables(context, { keyArn: stateKeyArn }, parent).tables;
    this.corpusKeyArn = corpusKeyArn;
    this.stateKeyArn = stateKeyArn;
    this.registerOutputs({});
  }
}
