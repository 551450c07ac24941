import { z } from 'zod';
import { largestMaxObjectBytes } from '../../src/domain/objects/size-limit.ts';
import { github } from './schema-github.ts';
import { previews } from './schema-previews.ts';
import { accountId, arn, bucketName, maxConcurrency, memoryMb, texts, timeoutSeconds, whole } from './schema-values.ts';

/** What CloudWatch Logs takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = z.literal([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653,
]);

const existingBucket = z.strictObject({
  name: bucketName.describe('Of the bucket'),
  prefix: z
    .string()
    .regex(/^[^*?$,]*$/, 'may not have any of * ? $ ,')
    .default('')
    .describe('What the keys that belong to the corpus begin with: `mail/`. Empty: all'),
  kmsKeyArn: arn
    .nullable()
    .default(null)
    .describe('Of the key that its objects are encrypted with, where that is a KMS key of its own'),
  account: accountId
    .nullable()
    .default(null)
    .describe(
      'The account that owns it, in quotes, where that is another. Its owner has to grant what [existing buckets](../how-to/operate-on-aws.md#existing-buckets) says',
    ),
});

const filter = z.strictObject({
  severity: texts.default([]).describe('`critical`, `high` …, as rules have it in meta; `unknown` for those without'),
  rule: texts.default([]).describe('Names of rules'),
  tag: texts.default([]).describe('Tags of rules'),
  bucket: texts.default([]).describe('Buckets of the object'),
});

const subscription = z.strictObject({
  topic: z
    .enum(['alerts', 'clean', 'operations'])
    .default('alerts')
    .describe(
      '`alerts` of matches; `clean` notices, where `cleanNotices` is on; `operations`: alarms, the budget, and changes of the active ruleset',
    ),
  protocol: z.enum(['email', 'email-json', 'https', 'sqs', 'lambda']).describe('How SNS delivers'),
  endpoint: z.string().min(1).describe('An address, a URL, or the ARN of a queue or function'),
  filter: filter
    .prefault({})
    .describe('Of alerts: what is to be sent. What is empty lets everything through; all that are not must hold'),
  raw: z.boolean().default(false).describe('Without the envelope of SNS, to `sqs` and `https`'),
});

/**
 * The configuration of one stack, `rearview:<key>` in `Pulumi.<stack>.yaml`. Each top-level key is a value of its own there; what has parts is an
 * object. docs/reference/configuration.md has the table of all of it, made of the descriptions here: `npm run docs`.
 */
export const configSchema = z.strictObject({
  namePrefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,18}[a-z0-9]$/, 'must be 2 to 20 of a-z, 0-9 and -, and begin with a letter')
    .default('rearview')
    .describe('What all names begin with; the name of the stack follows. Changing it makes everything anew'),
  protect: z
    .boolean()
    .default(true)
    .describe(
      'Whether Pulumi and AWS refuse to delete buckets, tables and keys. Set it to `false`, and run `pulumi up`, before `pulumi destroy`',
    ),
  tags: z
    .record(z.string().regex(/^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu, 'is no key of a tag'), z.string().max(256))
    .default({})
    .describe('On everything that can be tagged, beside ours'),

  corpus: z
    .strictObject({
      expireDays: whole(1, 36_500)
        .nullable()
        .default(null)
        .describe(
          'Files are deleted so many days after they arrived; null: never. What is deleted cannot be scanned with the rules of tomorrow',
        ),
      expireOldVersionsDays: whole(1, 36_500)
        .nullable()
        .default(null)
        .describe('Versions are deleted so many days after a newer one took their place'),
      intelligentTieringDays: whole(0, 36_500)
        .nullable()
        .default(null)
        .describe(
          'Files go to S3 Intelligent-Tiering after so many days. It reads as fast, and costs less where retro scans are rare',
        ),
      inventory: z
        .enum(['daily', 'weekly', 'off'])
        .default('daily')
        .describe('How often S3 writes an inventory, which retro scans may list'),
      accessLogDays: whole(1, 3650).default(90).describe('How long access logs of the buckets are kept'),
    })
    .prefault({})
    .describe('The bucket of the stack'),
  existingBuckets: z
    .array(existingBucket)
    .default([])
    .describe(
      'Buckets that are there already, to be scanned as well: [existing buckets](../how-to/operate-on-aws.md#existing-buckets)',
    ),

  maxObjectBytes: whole(1, largestMaxObjectBytes)
    .default(256 * 2 ** 20)
    .describe('Larger files are treated as `largeFiles` says. A function needs three times as much memory, and 768 MB'),
  largeFiles: z
    .enum(['skip', 'head'])
    .default('skip')
    .describe(
      '`skip` records them as skipped, `head` scans their first part: [large files](../how-to/run-on-one-machine.md#large-files)',
    ),
  deadlineMs: whole(100, 600_000).default(30_000).describe('Milliseconds that the scan of one file may take'),
  maxReceives: whole(1, 1000)
    .default(3)
    .describe('How often a message is delivered before it goes to the dead letters'),
  alertFormat: z
    .enum(['rearview', 'binaryalert'])
    .default('rearview')
    .describe(
      'Of alerts: [ours](../reference/alerts.md#schema-rearviewalert1), or [that of BinaryAlert](../reference/alerts.md#format-binaryalert)',
    ),

  tagObjects: z
    .boolean()
    .default(false)
    .describe('Every file is tagged with its [verdict](../explanation/verdicts.md#tags)'),
  cleanNotices: z
    .boolean()
    .default(false)
    .describe('A topic is told of every file that arrives and in which nothing is found'),
  quarantine: z
    .strictObject({
      severities: texts
        .default([])
        .describe(
          'Matches of rules of these severities put a file in [quarantine](../explanation/verdicts.md#quarantine). Empty: none does',
        ),
      move: z.boolean().default(true).describe('Into a bucket of its own; else it is tagged and stays'),
    })
    .prefault({})
    .describe('What becomes of files that match'),

  live: z
    .strictObject({
      memoryMb: memoryMb.default(2048).describe('Of the live analyzer. More memory is more CPU'),
      timeoutSeconds: timeoutSeconds(30).default(120).describe('Of an invocation; 20 s above `deadlineMs` at least'),
      batchSize: whole(1, 1000).default(10).describe('Messages of one invocation at most'),
      batchWindowSeconds: whole(0, 300)
        .default(0)
        .describe('How long to wait for so many; 1 or more where `batchSize` is above 10'),
      maxConcurrency: maxConcurrency.default(100).describe('Invocations at once, of messages'),
      reservedConcurrency: whole(1, 100_000)
        .nullable()
        .default(null)
        .describe(
          'Set aside for the live analyzer, and the most it gets; null: none, it takes from what the account has left',
        ),
    })
    .prefault({})
    .describe('Analysis of what arrives'),
  retro: z
    .strictObject({
      memoryMb: memoryMb.default(2048).describe('Of the retro analyzer'),
      timeoutSeconds: timeoutSeconds(30).default(300).describe('Of an invocation, which is one batch'),
      maxConcurrency: maxConcurrency.default(20).describe('Invocations at once: the budget of retro scans'),
    })
    .prefault({})
    .describe('Retro scans'),
  previews,
  batcher: z
    .strictObject({
      memoryMb: memoryMb.default(1769).describe('Of the batcher; more where inventories are large'),
      timeoutSeconds: timeoutSeconds(60).default(900).describe('Of an invocation; it invokes itself before'),
    })
    .prefault({})
    .describe('What plans retro scans'),
  reserveForFinisher: z
    .boolean()
    .default(true)
    .describe(
      'Reserves a concurrency of 1 for the finisher. Set it to `false` where the account has a [concurrency of 10](../how-to/deploy-on-aws.md#quotas)',
    ),
  logs: z
    .strictObject({
      retentionDays: retentionDays
        .default(90)
        .describe(
          'How long logs of functions are kept; [values that CloudWatch takes](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html)',
        ),
      level: z.enum(['DEBUG', 'INFO', 'WARN']).default('INFO').describe('`DEBUG` has a line for every clean file'),
    })
    .prefault({})
    .describe('Of functions'),

  subscriptions: z
    .array(subscription)
    .default([])
    .describe('Subscribers: [subscribe](../how-to/operate-on-aws.md#subscribe)'),
  alarms: z
    .strictObject({
      noFilesHours: whole(1, 168)
        .nullable()
        .default(24)
        .describe('Alarm where no file was analyzed for so many hours; null: never'),
      liveAgeMinutes: whole(1, 1440).default(15).describe('Alarm where a file waits longer'),
      expectedRules: whole(0, 1_000_000).default(1).describe('Alarm where the active ruleset has fewer rules'),
      scanStalledMinutes: whole(5, 1440).default(30).describe('Alarm where a retro scan does not get on for so long'),
    })
    .prefault({})
    .describe('When to be woken'),
  monthlyBudgetDollars: z
    .number()
    .positive()
    .max(1e9)
    .nullable()
    .default(100)
    .describe(
      'Of the stack: the topic `operations` is told when it is, or is going to be, spent; null: no budget. Nothing is stopped by it',
    ),

  github,
  collectors: z
    .strictObject({
      principals: z.array(arn).default([]).describe('Who may take the role that uploads: ARNs of roles and users'),
      ownPrefix: z
        .boolean()
        .default(false)
        .describe(
          'Each collector puts files only below the value of its tag `rearview-collector`, so that none overwrites what another uploaded: [collectors](../how-to/operate-on-aws.md#collectors)',
        ),
    })
    .prefault({})
    .describe('Agents that upload'),
});

export type InfraConfig = z.output<typeof configSchema>;
export type ConfigKey = keyof InfraConfig;
export type ExistingBucket = InfraConfig['existingBuckets'][number];
export type Subscription = InfraConfig['subscriptions'][number];
