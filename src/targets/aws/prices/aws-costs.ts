import { lambdaMemoryMb } from './aws-prices.ts';
import { addUsage, type Dollars, dollarsOf, sumOf, timesUsage, type Usage } from './aws-usage.ts';

/**
 * The costs of work in AWS, as a model of sums: the usage of each service per file, invocation,
 * match, batch and stack, times their number. The figures per file are those that
 * `npm run bench -- aws` counts and measures (docs/reference/benchmarks.md).
 */

/** The size of a GB in AWS prices. */
export const gb = 2 ** 30;
const hoursPerMonth = 730;
const minutesPerMonth = hoursPerMonth * 60;
const daysPerMonth = hoursPerMonth / 24;

/**
 * Memory of an analyzer, the default of `live.memoryMb` and `retro.memoryMb`. It has a little more
 * than one vCPU; the model uses one.
 */
export const analyzerMemoryMb = 2048;
/**
 * Fixed time of an analyzer per file, and the speed of one vCPU for the rest. This is the speed for
 * the benchmark's files of 250 kB, a third of which is text full of what rules look for. Programs
 * are scanned five times as fast, and large files faster.
 */
const speed = { msPerFile: 4, bytesPerMs: 8000 } as const;
/**
 * An invocation waits for services sequentially: the active ruleset, records, the object, records
 * again.
 */
const waitMs = { live: 70, retro: 60, match: 60 } as const;
/** Share of invocations that start in a new environment, which is paid for from its start. */
const coldStarts = { share: 0.02, ms: 2000 } as const;
/** Time of the batcher per listed object, in a function of one vCPU. */
const batcherMsPerObject = 0.2;

/** Maximum objects and bytes of a batch. */
const batch = { objects: 100, bytes: 64 * 1024 * 1024 } as const;

/**
 * Bytes of log: per invocation (by Lambda and by the function), per match, and of the finisher when
 * it has nothing to do.
 */
const logBytes = { invocation: 1700, match: 700, finisher: 1000 } as const;
/** Storage of logs: their compression, and the default of `logs.retentionDays` in months. */
const logsKept = { share: 0.15, months: 3 } as const;
/** A line of S3's access log, kept for the default of `corpus.accessLogDays` in months. */
const accessLog = { bytes: 600, months: 3 } as const;
/**
 * DynamoDB storage per file: its record and its entry in the ledger of its day, with 100 bytes each
 * that AWS adds.
 */
const itemBytes = 1000;
/**
 * Bucket keys save all but one request in a hundred:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
 */
const kmsRequestsPerObject = 0.01;

/** Parts of a stack with the default configuration that cost money whether files arrive or not. */
export const stackParts = {
  /** Keys for files, for everything else, and for signing rulesets. */
  keys: 3,
  /**
   * Metrics of alarms, including those that the alarms on errors of tables find by a query: six
   * operations per table.
   */
  alarmMetrics: 65,
  dashboards: 1,
  /** Names of metrics by function, as if each were reported all month. */
  metrics: 27,
  /** Queues that Lambda polls, with five requests at once that wait for 20 seconds. */
  polledQueues: 3,
  /**
   * Users of a key through a service that calls KMS every five minutes: functions with tables, and
   * both sides of queues and topics.
   */
  kmsUsers: 14,
} as const;
const pollers = { each: 5, waitSeconds: 20 } as const;
const kmsCacheSeconds = 300;
/**
 * The finisher with nothing to do, each minute: it polls for dead letters in two queues, and in
 * that of previews only while one runs.
 */
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

/** Returns the monthly usage of a stack without arrivals, part by part. */
export const idleParts: readonly { readonly what: string; readonly usage: Usage }[] = [
  { what: `${stackParts.keys} KMS keys`, usage: { kmsKeyMonth: stackParts.keys } },
  {
    what: 'requests to KMS, the maximum',
    usage: { kmsRequest: (stackParts.kmsUsers * hoursPerMonth * 3600) / kmsCacheSeconds },
  },
  { what: `${stackParts.metrics} custom metrics`, usage: { cloudWatchMetricMonth: stackParts.metrics } },
  { what: `alarms on ${stackParts.alarmMetrics} metrics`, usage: { cloudWatchAlarmMonth: stackParts.alarmMetrics } },
  { what: 'the dashboard', usage: { cloudWatchDashboardMonth: stackParts.dashboards } },
  {
    what: 'Lambda polling the queues',
    usage: { sqsRequest: (stackParts.polledQueues * pollers.each * hoursPerMonth * 3600) / pollers.waitSeconds },
  },
  {
    what: 'the finisher, every minute',
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

/** Files that arrive. */
export interface Arrivals {
  readonly files: number;
  readonly averageBytes: number;
  /** Number of files that match a rule; each sends one alert and one email. Default: 1 in 1,000. */
  readonly matchShare?: number;
  /** Default: 1, as if files arrive one at a time, which costs most. */
  readonly filesPerInvocation?: number;
}

/** Usage of uploaders. */
export function uploadUsage({ files }: Arrivals): Usage {
  return addUsage({ s3Write: files, kmsRequest: files * kmsRequestsPerObject }, accessLogs(files));
}

/** Usage of live analysis. */
export function liveUsage({ files, averageBytes, matchShare = 0.001, filesPerInvocation = 1 }: Arrivals): Usage {
  const count = files / filesPerInvocation;
  const matches = files * matchShare;
  return addUsage(
    // A record and a ledger entry, each written in a transaction, which counts twice.
    {
      s3Read: files,
      sqsRequest: files,
      kmsRequest: files * kmsRequestsPerObject,
      dynamoRead: files,
      dynamoWrite: 4 * files,
    },
    accessLogs(files),
    scanning(files, files * averageBytes),
    // The active ruleset; sums of the ledger. Lambda receives and deletes.
    { dynamoRead: 2 * count, dynamoWrite: 2 * count, sqsRequest: 2 * count },
    invocations(count, waitMs.live),
    { dynamoRead: 2 * matches, dynamoWrite: 18 * matches, snsPublish: matches, snsMail: matches },
    compute(matches * waitMs.match),
    logs(matches * logBytes.match),
  );
}

/**
 * Usage of storing files for a month: the files, their entries in a daily inventory, and their data
 * in the tables.
 */
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
  /** Fixed costs. */
  readonly idle: Dollars;
  readonly upload: Dollars;
  readonly live: Dollars;
  /** For all stored files. */
  readonly keeping: Dollars;
  readonly sum: number;
}

/**
 * US dollars per month.
 * @param arrivals of the month, `monthsKept` is the number of such months whose files are stored.
 *   Default: 1
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

/** The scope of a retro scan. */
export interface RetroWork {
  /** Objects that the listing yields. */
  readonly listed: number;
  /** Objects to be scanned, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
}

/** Usage of a retro scan, without its matches. */
export function retroUsage({ listed, objects, bytes }: RetroWork): Usage {
  const batches = Math.max(objects / batch.objects, bytes / batch.bytes);
  return addUsage(
    // The batcher reads records with one request per thousand listed objects.
    { s3Write: listed / 1000, dynamoRead: listed },
    compute(listed * batcherMsPerObject, lambdaMemoryMb),
    // The analyzer reads them too, and writes them in a transaction.
    { s3Read: objects, kmsRequest: objects * kmsRequestsPerObject, dynamoRead: objects, dynamoWrite: 2 * objects },
    accessLogs(objects),
    scanning(objects, bytes),
    // The item of a batch, when it is planned and when it has reported, and the sums: each in a
    // transaction. A batch is sent, received and deleted.
    { dynamoWrite: 24 * batches, sqsRequest: 3 * batches },
    invocations(batches, waitMs.retro),
  );
}

/** Approximate US dollars for a retro scan. Alerts are added, by the number of matches. */
export function retroCost(work: RetroWork): number {
  return sumOf(dollarsOf(retroUsage(work)));
}
