import type { Usage } from './aws-usage.ts';

/**
 * The requests of the code to AWS, as tests count them with the clients of the SDK on emulators
 * (src/handlers/costs.system.test.ts): the cost page is computed from these numbers.
 */
export const counted = {
  /** A file that is new to the bucket: `upload` looks whether it is there, and puts it. */
  upload: { s3Read: 1, s3Write: 1 },
  /** An object that arrived: its content, its record, which is read and written, and its ledger. */
  liveFile: { s3Read: 1, dynamoRead: 1, dynamoWrite: 2 },
  /** The active ruleset, before and after. */
  liveInvocation: { dynamoRead: 2 },
  /** A new match of a rule in an object, and its alert. */
  match: { dynamoRead: 2, dynamoWrite: 18, snsPublish: 1 },
  /** The finisher when there is nothing to do: it counts the dead letters of two queues. */
  finisher: { sqsRequest: 2, dynamoRead: 10 },
} as const satisfies Readonly<Record<string, Usage>>;

/**
 * Maximum bytes of log lines that the functions write, of an invocation that analyzes one file
 * without a match, and of the finisher when there is nothing to do.
 */
export const countedLogBytes = { live: 800, finisher: 800 } as const;

/** Names of custom metrics that functions report: for files that arrive, and each minute. */
export const countedMetrics = { live: 4, finisher: 2 } as const;
