import { lambdaMemoryMb } from './aws-prices.ts';
import { addUsage, type Dollars, dollarsOf, sumOf, timesUsage, type Usage } from './aws-usage.ts';
import { counted, countedLogBytes } from './counted-usage.ts';
import { afterFreeTier } from './free-tier.ts';
import { idleUsage } from './idle-usage.ts';
import { indexedTogether } from './indexed-together.ts';
import { accessLogs, compute, daysPerMonth, gb, logs, secondsPerMonth } from './usage-parts.ts';

/**
 * The costs of work in AWS, as a model of sums: the usage of each service per file, invocation,
 * match, batch and stack, times their number. Requests are counted (counted-usage.ts); times are
 * those of the bench (docs/reference/benchmarks.md).
 */

/**
 * Memory of an analyzer, the default of `live.memoryMb` and `retro.memoryMb`: what the largest
 * objects need by default. It has one vCPU.
 */
export const analyzerMemoryMb = 1792;
/** The defaults of `live.batchSize` and `live.batchWindowSeconds`. */
export const gathering = { files: 10, seconds: 5 } as const;
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
const waitMs = { live: 60, retro: 60, match: 60 } as const;
/** Share of invocations that start in a new environment, which is paid for from its start. */
const coldStarts = { share: 0.02, ms: 2000 } as const;
/** Time of the batcher per listed object, in a function of one vCPU. */
const batcherMsPerObject = 0.2;

/**
 * Bytes of the index for each byte of the corpus (docs/reference/benchmarks.md), and the objects of one
 * segment of live analysis.
 */
const index = { share: 0.12, objects: indexedTogether } as const;

/** Maximum objects and bytes of a batch. */
const batch = { objects: 100, bytes: 64 * 1024 * 1024 } as const;

/**
 * Bytes of log: per invocation by Lambda and by the function, and per match.
 */
const logBytes = { invocation: countedLogBytes.live + 400, match: 700 } as const;
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

const analyzing = (ms: number): Usage => compute(ms, analyzerMemoryMb);
const scanning = (files: number, bytes: number): Usage => analyzing(files * speed.msPerFile + bytes / speed.bytesPerMs);
const invocations = (count: number, ms: number): Usage =>
  addUsage(
    { lambdaRequest: count },
    analyzing(count * (ms + coldStarts.share * coldStarts.ms)),
    logs(count * logBytes.invocation),
  );

/** Files that arrive. */
export interface Arrivals {
  readonly files: number;
  readonly averageBytes: number;
  /** Number of files that match a rule; each sends one alert and one email. Default: 1 in 1,000. */
  readonly matchShare?: number;
  /** Default: as many as gather if they arrive evenly over the month. */
  readonly filesPerInvocation?: number;
}

/**
 * Files of one invocation, if so many arrive evenly over a month: the first one opens the window, and
 * the others come before it closes.
 */
export function gatheredFiles(files: number): number {
  return Math.min(gathering.files, 1 + (files / secondsPerMonth) * gathering.seconds);
}

/** Usage of uploaders. */
export function uploadUsage({ files }: Arrivals): Usage {
  const requests = counted.upload.s3Read + counted.upload.s3Write;
  return addUsage(
    timesUsage(files, counted.upload),
    { kmsRequest: files * kmsRequestsPerObject },
    accessLogs(files * requests),
  );
}

/** Usage of live analysis. */
export function liveUsage(arrivals: Arrivals): Usage {
  const { files, averageBytes, matchShare = 0.001, filesPerInvocation = gatheredFiles(files) } = arrivals;
  const count = files / filesPerInvocation;
  const matches = files * matchShare;
  return addUsage(
    timesUsage(files, counted.liveFile),
    timesUsage(count, counted.liveInvocation),
    timesUsage(matches, counted.match),
    // S3 sends a message for each file. Lambda receives and deletes those of an invocation.
    { sqsRequest: files + 2 * count, snsMail: matches, kmsRequest: files * kmsRequestsPerObject },
    { s3Write: files / index.objects },
    accessLogs(files),
    scanning(files, files * averageBytes),
    invocations(count, waitMs.live),
    analyzing(matches * waitMs.match),
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
    s3GbMonth: (files * averageBytes * (1 + index.share)) / gb,
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
  /** The sum after the free tier of an account. */
  readonly sumAfterFreeTier: number;
}

/**
 * US dollars per month.
 * @param arrivals of the month, `monthsKept` is the number of such months whose files are stored.
 *   Default: 1
 */
export function monthlyCost({ monthsKept = 1, ...arrivals }: Arrivals & { readonly monthsKept?: number }): MonthlyCost {
  const [upload, live] = [uploadUsage(arrivals), liveUsage(arrivals)];
  const keeping = timesUsage(monthsKept, keepingUsage(arrivals));
  const all = addUsage(idleUsage, upload, live, keeping);
  return {
    idle: dollarsOf(idleUsage),
    upload: dollarsOf(upload),
    live: dollarsOf(live),
    keeping: dollarsOf(keeping),
    sum: sumOf(dollarsOf(all)),
    sumAfterFreeTier: sumOf(dollarsOf(afterFreeTier(all))),
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
    // The analyzer reads them too, and writes them.
    { s3Read: objects, kmsRequest: objects * kmsRequestsPerObject, dynamoRead: objects, dynamoWrite: objects },
    accessLogs(objects),
    scanning(objects, bytes),
    // The item of a batch, when it is planned and when it has reported, and the sums: each in a
    // transaction. A batch is sent, received and deleted.
    { dynamoWrite: 24 * batches, sqsRequest: 3 * batches },
    // Objects that are not indexed yet are, those of a batch together.
    { s3Write: batches },
    invocations(batches, waitMs.retro),
  );
}

/** Approximate US dollars for a retro scan. Alerts are added, by the number of matches. */
export function retroCost(work: RetroWork): number {
  return sumOf(dollarsOf(retroUsage(work)));
}
