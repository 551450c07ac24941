import { z } from 'zod';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is no name of a bucket');
const arn = z.string().regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:.+$/, 'is no ARN');
const accountId = z.string().regex(/^\d{12}$/, 'is no account: 12 digits, in quotes');
const whole = (least: number, most: number) => z.int().min(least).max(most);
const texts = z.array(z.string().min(1));

/** Lambda's limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const memoryMb = whole(128, 10_240);
const timeoutSeconds = (least: number) => whole(least, 900);
/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const maxConcurrency = whole(2, 1000);

/** What CloudWatch Logs takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = z.literal([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 3653,
]);

const existingBucket = z.strictObject({
  name: bucketName,
  prefix: z
    .string()
    .regex(/^[^*?$,]*$/, 'may not have any of * ? $ ,')
    .default(''),
  kmsKeyArn: arn.nullable().default(null),
  account: accountId.nullable().default(null),
});

const filter = z.strictObject({
  severity: texts.default([]),
  rule: texts.default([]),
  tag: texts.default([]),
  bucket: texts.default([]),
});

const subscription = z.strictObject({
  topic: z.enum(['alerts', 'clean', 'operations']).default('alerts'),
  protocol: z.enum(['email', 'email-json', 'https', 'sqs', 'lambda']),
  endpoint: z.string().min(1),
  filter: filter.prefault({}),
  raw: z.boolean().default(false),
});

/**
 * The configuration of one stack, `rearview:<key>` in `Pulumi.<stack>.yaml`. Each top-level key is a value of its own there; what has parts is an
 * object. docs/deploy.md has the table of all of it.
 */
export const configSchema = z.strictObject({
  namePrefix: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,18}[a-z0-9]$/, 'must be 2 to 20 of a-z, 0-9 and -, and begin with a letter')
    .default('rearview'),
  protect: z.boolean().default(true),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),

  corpus: z
    .strictObject({
      expireDays: whole(1, 36_500).nullable().default(null),
      expireOldVersionsDays: whole(1, 36_500).nullable().default(null),
      intelligentTieringDays: whole(0, 36_500).nullable().default(null),
      inventory: z.enum(['daily', 'weekly', 'off']).default('daily'),
      accessLogDays: whole(1, 3650).default(90),
    })
    .prefault({}),
  existingBuckets: z.array(existingBucket).default([]),

  maxObjectBytes: whole(1, 2 ** 31).default(256 * 2 ** 20),
  largeFiles: z.enum(['skip', 'head']).default('skip'),
  deadlineMs: whole(100, 600_000).default(30_000),
  maxReceives: whole(1, 1000).default(3),
  alertFormat: z.enum(['rearview', 'binaryalert']).default('rearview'),

  tagObjects: z.boolean().default(false),
  cleanNotices: z.boolean().default(false),
  quarantine: z.strictObject({ severities: texts.default([]), move: z.boolean().default(true) }).prefault({}),

  live: z
    .strictObject({
      memoryMb: memoryMb.default(2048),
      timeoutSeconds: timeoutSeconds(30).default(120),
      batchSize: whole(1, 1000).default(10),
      batchWindowSeconds: whole(0, 300).default(0),
      maxConcurrency: maxConcurrency.default(100),
      reservedConcurrency: whole(1, 100_000).nullable().default(null),
    })
    .prefault({}),
  retro: z
    .strictObject({
      memoryMb: memoryMb.default(2048),
      timeoutSeconds: timeoutSeconds(30).default(300),
      maxConcurrency: maxConcurrency.default(20),
    })
    .prefault({}),
  batcher: z
    .strictObject({ memoryMb: memoryMb.default(1769), timeoutSeconds: timeoutSeconds(60).default(900) })
    .prefault({}),
  reserveForFinisher: z.boolean().default(true),
  logs: z
    .strictObject({
      retentionDays: retentionDays.default(90),
      level: z.enum(['DEBUG', 'INFO', 'WARN']).default('INFO'),
    })
    .prefault({}),

  subscriptions: z.array(subscription).default([]),
  alarms: z
    .strictObject({
      noFilesHours: whole(1, 168).nullable().default(24),
      liveAgeMinutes: whole(1, 1440).default(15),
      expectedRules: whole(0, 1_000_000).default(1),
      scanStalledMinutes: whole(5, 1440).default(30),
    })
    .prefault({}),
  monthlyBudgetDollars: z.number().positive().nullable().default(100),

  github: z
    .strictObject({
      // With their numbers where the repository has immutable subject claims, as those have that were made or renamed from 15 July 2026 on:
      // https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
      repository: z
        .string()
        .regex(/^[\w.-]+(\/[\w.-]+|@\d+\/[\w.-]+@\d+)$/, 'must be <owner>/<name>, or <owner>@<number>/<name>@<number>'),
      mainBranch: z
        .string()
        .regex(/^[^*?\s]+$/, 'must be the name of one branch')
        .default('main'),
      oidcProviderArn: arn.nullable().default(null),
    })
    .nullable()
    .default(null),
  collectors: z.strictObject({ principals: z.array(arn).default([]) }).prefault({}),
});

export type InfraConfig = z.output<typeof configSchema>;
export type ConfigKey = keyof InfraConfig;
export type ExistingBucket = InfraConfig['existingBuckets'][number];
export type Subscription = InfraConfig['subscriptions'][number];
