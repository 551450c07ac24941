import * as z from 'zod';
import { largestMaxObjectBytes } from '../../src/domain/objects/size-limit.ts';
import { github } from './schema-github.ts';
import { previews } from './schema-previews.ts';
import { subscription } from './schema-subscriptions.ts';
import { unpack } from './schema-unpack.ts';
import {
  accountId,
  arn,
  bucketName,
  maxConcurrency,
  memoryMb,
  severityNames,
  timeoutSeconds,
  whole,
} from './schema-values.ts';

/**
 * Values that CloudWatch Logs accepts:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
const retentionDays = z.literal([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653,
]);

const existingBucket = z.strictObject({
  name: bucketName.describe('Name of the bucket'),
  prefix: z
    .string()
    .regex(/^[^*?$,]*$/, 'must not contain any of * ? $ ,')
    .default('')
    .describe('Prefix of the keys that belong to the corpus: `mail/`. Empty: all'),
  kmsKeyArn: arn.nullable().default(null).describe('ARN of the KMS key that encrypts its objects, if it has one'),
  account: accountId
    .nullable()
    .default(null)
    .describe(
      'The account that owns it, in quotes, if that is another. Its owner must grant what [existing buckets](../how-to/operate-on-aws.md#existing-buckets) lists',
    ),
});

/**
 * The configuration of one stack, `rearview:<key>` in `Pulumi.<stack>.yaml`. Each top-level key is
 * a separate value there; structured ones are objects. docs/reference/configuration.md has a table of all keys,
 * generated from these descriptions: `npm run docs`.
 */
export const configSchema = z.strictObject({
  namePrefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,18}[a-z0-9]$/, 'must be 2 to 20 of a-z, 0-9 and -, and start with a letter')
    .default('rearview')
    .describe('Prefix of all names, before the name of the stack. Changing it replaces all resources'),
  protect: z
    .boolean()
    .default(true)
    .describe(
      'Whether Pulumi and AWS refuse to delete buckets, tables and keys. Set it to `false`, and run `pulumi up`, before `pulumi destroy`',
    ),
  tags: z
    .record(z.string().regex(/^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu, 'is not a tag key'), z.string().max(256))
    .default({})
    .describe('Tags on all resources, in addition to those of Rearview'),
  separateKeys: z
    .boolean()
    .default(false)
    .describe(
      'Whether files have a KMS key of their own, and tables, queues, topics, logs and rulesets another: a dollar a month more. Stacks of earlier versions need `true`. Changing it replaces keys: [keys](../how-to/operate-on-aws.md#keys)',
    ),

  corpus: z
    .strictObject({
      expireDays: whole(1, 36_500)
        .nullable()
        .default(null)
        .describe(
          'Days after arrival when files are deleted; null: never. Deleted files cannot be scanned with future rules',
        ),
      expireOldVersionsDays: whole(1, 36_500)
        .nullable()
        .default(null)
        .describe('Days after which an overwritten or deleted version is removed'),
      intelligentTieringDays: whole(0, 36_500)
        .nullable()
        .default(null)
        .describe(
          'Days after which files move to S3 Intelligent-Tiering; null: never. [Costs more](../reference/costs.md#intelligent-tiering) unless files are large and retro scans are rare',
        ),
      inventory: z
        .enum(['daily', 'weekly', 'off'])
        .default('daily')
        .describe('How often S3 writes an inventory, which retro scans may list'),
      accessLogDays: whole(1, 3650).default(90).describe('Days that access logs of the buckets are kept'),
    })
    .prefault({})
    .describe('The bucket of the stack'),
  existingBuckets: z
    .array(existingBucket)
    .default([])
    .describe(
      'Existing buckets that are also scanned: [existing buckets](../how-to/operate-on-aws.md#existing-buckets)',
    ),

  maxObjectBytes: whole(1, largestMaxObjectBytes)
    .default(256 * 2 ** 20)
    .describe(
      'Larger files are handled according to `largeFiles`. A function needs three times as much memory, twice `unpack.maxMemberBytes`, and 768 MB',
    ),
  largeFiles: z
    .enum(['skip', 'head'])
    .default('skip')
    .describe(
      '`skip` records them as skipped, `head` scans their first part: [large files](../how-to/run-on-one-machine.md#large-files)',
    ),
  unpack,
  deadlineMs: whole(100, 600_000).default(30_000).describe('Milliseconds for the scan of one file'),
  maxReceives: whole(1, 1000).default(3).describe('Deliveries after which a message becomes a dead letter'),
  alertFormat: z
    .enum(['rearview', 'binaryalert'])
    .default('rearview')
    .describe(
      'Format of alerts: [Rearview](../reference/alerts.md#schema-rearviewalert1), or [BinaryAlert](../reference/alerts.md#format-binaryalert)',
    ),

  tagObjects: z
    .boolean()
    .default(false)
    .describe('Every file is tagged with its [verdict](../explanation/verdicts.md#tags)'),
  cleanNotices: z.boolean().default(false).describe('Whether a topic gets a notice of every new file without matches'),
  quarantine: z
    .strictObject({
      severities: severityNames
        .default([])
        .describe(
          'Severities of rules whose matches put a file in [quarantine](../explanation/verdicts.md#quarantine). Empty: none',
        ),
      move: z
        .boolean()
        .default(true)
        .describe('Whether quarantined files move to a separate bucket; otherwise they are tagged and stay'),
    })
    .prefault({})
    .describe('Actions on files that match'),

  live: z
    .strictObject({
      memoryMb: memoryMb.default(1792).describe('Of the live analyzer. More memory means more CPU'),
      timeoutSeconds: timeoutSeconds(30)
        .default(120)
        .describe('Of an invocation; at least 20 s above twice `deadlineMs` and `unpack.maxMs`'),
      batchSize: whole(1, 1000).default(10).describe('Maximum number of messages per invocation'),
      batchWindowSeconds: whole(0, 300)
        .default(5)
        .describe(
          'Seconds to wait for a full batch; 1 or more if `batchSize` is above 10. 0: every file is scanned at once, which [costs more](../reference/costs.md#live-analysis)',
        ),
      maxConcurrency: maxConcurrency.default(100).describe('Maximum concurrent invocations for messages'),
      reservedConcurrency: whole(1, 100_000)
        .nullable()
        .default(null)
        .describe(
          'Concurrency reserved for the live analyzer, also its maximum; null: none, it uses unreserved concurrency',
        ),
    })
    .prefault({})
    .describe('Analysis of new files'),
  retro: z
    .strictObject({
      memoryMb: memoryMb.default(1792).describe('Of the retro analyzer'),
      timeoutSeconds: timeoutSeconds(30).default(300).describe('Of an invocation, which is one batch'),
      maxConcurrency: maxConcurrency.default(20).describe('Maximum concurrent invocations: the budget of retro scans'),
    })
    .prefault({})
    .describe('Retro scans'),
  previews,
  batcher: z
    .strictObject({
      memoryMb: memoryMb.default(1769).describe('Of the batcher; increase it for large inventories'),
      timeoutSeconds: timeoutSeconds(60).default(900).describe('Of an invocation; it invokes itself before the end'),
    })
    .prefault({})
    .describe('Planning of retro scans'),
  reserveForFinisher: z
    .boolean()
    .default(true)
    .describe(
      'Reserves a concurrency of 1 for the finisher. Set it to `false` if the account has a [concurrency of 10](../how-to/deploy-on-aws.md#quotas)',
    ),
  logs: z
    .strictObject({
      retentionDays: retentionDays
        .default(90)
        .describe(
          'Days that logs of functions are kept; [values that CloudWatch accepts](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html)',
        ),
      level: z.enum(['DEBUG', 'INFO', 'WARN']).default('INFO').describe('`DEBUG` adds a line for every clean file'),
    })
    .prefault({})
    .describe('Of functions'),

  subscriptions: z
    .array(subscription)
    .default([])
    .describe('Receivers of notifications: [subscribe](../how-to/operate-on-aws.md#subscribe)'),
  alarms: z
    .strictObject({
      noFilesHours: whole(1, 168)
        .nullable()
        .default(24)
        .describe('Alarm if no file was analyzed for this many hours; null: never'),
      liveAgeMinutes: whole(1, 1440).default(15).describe('Alarm if a file waits longer'),
      expectedRules: whole(0, 1_000_000).default(1).describe('Alarm if the active ruleset has fewer rules'),
      scanStalledMinutes: whole(5, 1440).default(30).describe('Alarm if a retro scan makes no progress for this long'),
    })
    .prefault({})
    .describe('Thresholds of alarms'),
  dashboard: z.boolean().default(false).describe('Whether there is a dashboard with the name of the stack: $3 a month'),
  monthlyBudgetDollars: z
    .number()
    .positive()
    .max(1e9)
    .nullable()
    .default(100)
    .describe(
      'Monthly budget of the stack: the topic `operations` is notified when it is, or is forecast to be, spent; null: no budget. It stops nothing',
    ),

  github,
  collectors: z
    .strictObject({
      principals: z.array(arn).default([]).describe('ARNs of roles and users that may assume the role for uploads'),
      ownPrefix: z
        .boolean()
        .default(false)
        .describe(
          'Each collector puts files only below the value of its tag `rearview-collector`, so that none overwrites files of another: [collectors](../how-to/operate-on-aws.md#collectors)',
        ),
    })
    .prefault({})
    .describe('Agents that upload'),
});

export type InfraConfig = z.output<typeof configSchema>;
export type ConfigKey = keyof InfraConfig;
export type ExistingBucket = InfraConfig['existingBuckets'][number];
export type Subscription = InfraConfig['subscriptions'][number];
