import { lambdaMemoryMb } from './aws-prices.ts';
import { addUsage, type Dollars, dollarsOf, sumOf, timesUsage, type Usage } from './aws-usage.ts';

/**
 * What work costs in AWS, as a model of sums: what a file, an invocation, a match, a batch and a stack take of each service, times how many there
 * are. The figures per file are those that `npm run bench -- aws` counts and measures (docs/reference/benchmarks.md).
 */

/** What AWS calls a GB. */
const gb = 2 ** 30;
const hoursPerMonth = 730;
const minutesPerMonth = hoursPerMonth * 60;
const daysPerMonth = hoursPerMonth / 24;

/** Of an analyzer, the default of `live.memoryMb` and `retro.memoryMb`. It has a little more than one vCPU, of which one is reckoned with. */
export const analyzerMemoryMb = 2048;
/**
 * Of an analyzer: what a file takes whatever its size, and how fast the rest of it is scanned with one vCPU. That is the speed of the bench's files
 * of 250 kB, a third of which is text full of what rules look for. Programs are scanned five times as fast, and large files faster.
 */
const speed = { msPerFile: 4, bytesPerMs: 8000 } as const;
/** An invocation waits for services, one after the other: the ruleset in force, records, the object, records again. */
const waitMs = { live: 70, retro: 60, match: 60 } as const;
/** Of invocations begin in a new environment, which is paid for from its start. */
const coldStarts = { share: 0.02, ms: 2000 } as const;
/** Of the batcher, for each object that is listed, in a function of one vCPU. */
const batcherMsPerObject = 0.2;

/** Of a batch of the batcher: objects and bytes at most. */
const batch = { objects: 100, bytes: 64 * 1024 * 1024 } as const;

/** Bytes of log: what Lambda says of an invocation, and what the function does; a match; the finisher when it has nothing to do. */
const logBytes = { invocation: 1700, match: 700, finisher: 1000 } as const;
/** How logs are kept: compressed to so much, for the default of `logs.retentionDays` in months. */
const logsKept = { share: 0.15, months: 3 } as const;
/** A line of S3's access log, kept for the default of `corpus.accessLogDays` in months. */
const accessLog = { bytes: 600, months: 3 } as const;
/** Of DynamoDB, for each file: its record and its line in the ledger of its day, with 100 bytes each that AWS adds. */
const itemBytes = 1000;
/** Bucket keys spare all but one in a hundred: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
const kmsRequestsPerObject = 0.01;

/** What a stack of the default configuration is made of, as far as it costs whether files arrive or not. */
export const stackParts = {
  /** Of files, of everything else, and the one that signs rulesets. */
  keys: 3,
  /** Metrics that alarms look at, counting those that the alarms on errors of tables find by a query: six operations of each table. */
  alarmMetrics: 65,
  dashboards: 1,
  /** Names of metrics by function, as if each were told all month. */
  metrics: 27,
  /** Queues that Lambda polls, with five requests at once that wait for 20 seconds. */
  polledQueues: 3,
  /** Who uses a key by a service that asks KMS again every five minutes: functions with tables, and both sides of queues and topics. */
  kmsUsers: 14,
} as const;
const pollers = { each: 5, waitSeconds: 20 } as const;
const kmsCacheSeconds = 300;
/** The finisher with nothing to do, each minute: it waits for dead letters in two queues, and in that of previews only while one runs. */
const finisher = { memoryMb: 512, ms: 2100, queueRequests: 2, readUnits: 6 } as const;

const logs = (bytes: number): Usage => ({
  logsGb: bytes / gb,
  logsGbMonth: (bytes * logsKept.share * logsKept.months) / gb,
});
const accessLogs = (requests: number): Usage => ({ s3GbMonth: (requests * accessLog.bytes * accessLog.months) / gb });
const compute = (ms: number, memoryMb: number = analyzerMemoryMb): Usage => ({
  lambdaGbSecond: (ms / 1000) * (memoryMb / 1024),
});
const scanning = (files: number, bytes: number): Usage => compute(files * speed.msPerFile + bytes / speed.bytesPerMs);
const invocations = (count: number, ms: number): Usage =>
  addUsage(
    { lambdaRequest: count },
    compute(count * (ms + coldStarts.share * coldStarts.ms)),
    logs(count * logBytes.invocation),
  );

/** What a stack takes in a month in which nothing arrives, part by part. */
export const idleParts: readonly { readonly what: string; readonly usage: Usage }[] = [
  { what: `${stackParts.keys} KMS keys`, usage: { kmsKeyMonth: stackParts.keys } },
  {
    what: 'requests to them, all that may be',
    usage: { kmsRequest: (stackParts.kmsUsers * hoursPerMonth * 3600) / kmsCacheSeconds },
  },
  { what: `${stackParts.metrics} custom metrics`, usage: { cloudWatchMetricMonth: stackParts.metrics } },
  { what: `alarms on ${stackParts.alarmMetrics} metrics`, usage: { cloudWatchAlarmMonth: stackParts.alarmMetrics } },
  { what: 'the dashboard', usage: { cloudWatchDashboardMonth: stackParts.dashboards } },
  {
    what: 'Lambda asking the queues for messages',
    usage: { sqsRequest: (stackParts.polledQueues * pollers.each * hoursPerMonth * 3600) / pollers.waitSeconds },
  },
  {
    what: 'the finisher, each minute',
    usage: timesUsage(
      minutesPerMonth,
      addUsage(
        { lambdaRequest: 1, sqsRequest: finisher.queueRequests, dynamoRead: finisher.readUnits },
        compute(finisher.ms, finisher.memoryMb),
        logs(logBytes.finisher),
      ),
    ),
  },
];

/** What arrives. */
export interface Arrivals {
  readonly files: number;
  readonly averageBytes: number;
  /** Of the files, how many match a rule; each sends one alert, and one mail. Default: 1 in 1,000. */
  readonly matchShare?: number;
  /** Default: 1, as where files arrive one at a time, which costs most. */
  readonly filesPerInvocation?: number;
}

/** What uploaders take. */
export function uploadUsage({ files }: Arrivals): Usage {
  return addUsage({ s3Write: files, kmsRequest: files * kmsRequestsPerObject }, accessLogs(files));
}

/** What live analysis takes. */
export function liveUsage({ files, averageBytes, matchShare = 0.001, filesPerInvocation = 1 }: Arrivals): Usage {
  const count = files / filesPerInvocation;
  const matches = files * matchShare;
  return addUsage(
    // A record and a line of the ledger, each written in a transaction, which counts twice.
    {
      s3Read: files,
      sqsRequest: files,
      kmsRequest: files * kmsRequestsPerObject,
      dynamoRead: files,
      dynamoWrite: 4 * files,
    },
    accessLogs(files),
    scanning(files, files * averageBytes),
    // The ruleset in force; sums of the ledger. Lambda receives and deletes.
    { dynamoRead: 2 * count, dynamoWrite: 2 * count, sqsRequest: 2 * count },
    invocations(count, waitMs.live),
    { dynamoRead: 2 * matches, dynamoWrite: 18 * matches, snsPublish: matches, snsMail: matches },
    compute(matches * waitMs.match),
    logs(matches * logBytes.match),
  );
}

/** What it takes to keep files for a month: themselves, their place in a daily inventory, and what the tables hold of them. */
export function keepingUsage({ files, averageBytes }: Pick<Arrivals, 'files' | 'averageBytes'>): Usage {
  const tableGb = (files * itemBytes) / gb;
  return {
    s3GbMonth: (files * averageBytes) / gb,
    s3InventoryObject: files * daysPerMonth,
    dynamoGbMonth: tableGb,
    dynamoBackupGbMonth: tableGb,
  };
}

export interface MonthlyCost {
  /** Whatever arrives. */
  readonly idle: Dollars;
  readonly upload: Dollars;
  readonly live: Dollars;
  /** Of all files that are kept. */
  readonly keeping: Dollars;
  readonly sum: number;
}

/**
 * US dollars of one month.
 * @param arrivals of the month, `monthsKept` how many such months of files are kept. Default: 1
 */
export function monthlyCost({ monthsKept = 1, ...arrivals }: Arrivals & { readonly monthsKept?: number }): MonthlyCost {
  const idle = dollarsOf(addUsage(...idleParts.map(({ usage }) => usage)));
  const upload = dollarsOf(uploadUsage(arrivals));
  const live = dollarsOf(liveUsage(arrivals));
  const keeping = dollarsOf(timesUsage(monthsKept, keepingUsage(arrivals)));
  return {
    idle,
    upload,
    live,
    keeping,
    sum: [idle, upload, live, keeping].reduce((sum, each) => sum + sumOf(each), 0),
  };
}

/** What a retro scan goes over. */
export interface RetroWork {
  /** Objects that the listing yields. */
  readonly listed: number;
  /** Objects that are to be scanned, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
}

/** What a retro scan takes, but for its matches. */
export function retroUsage({ listed, objects, bytes }: RetroWork): Usage {
  const batches = Math.max(objects / batch.objects, bytes / batch.bytes);
  return addUsage(
    // Records are read by the batcher, a thousand of them listed with one request.
    { s3Write: listed / 1000, dynamoRead: listed },
    compute(listed * batcherMsPerObject, lambdaMemoryMb),
    // And by the analyzer, which writes them in a transaction.
    { s3Read: objects, kmsRequest: objects * kmsRequestsPerObject, dynamoRead: objects, dynamoWrite: 2 * objects },
    accessLogs(objects),
    scanning(objects, bytes),
    // The item of a batch, when it is planned and when it has reported, and the sums: each in a transaction. A batch is sent, received and deleted.
    { dynamoWrite: 24 * batches, sqsRequest: 3 * batches },
    invocations(batches, waitMs.retro),
  );
}

/** US dollars that a retro scan takes, about. Alerts come on top, by the number of matches. */
export function retroCost(work: RetroWork): number {
  return sumOf(dollarsOf(retroUsage(work)));
}
