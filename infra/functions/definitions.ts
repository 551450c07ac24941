import type { InfraConfig } from '../config/schema.ts';
import type { FunctionName } from '../handles.ts';

/** The runtime settings of a function. */
export interface FunctionDefinition {
  readonly description: string;
  /**
   * MB. 1769 is one whole processor:
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Reserved concurrency, also the maximum; null: whatever the account has left. */
  readonly reservedConcurrency: number | null;
}

/** Functions that load no objects and compile no rules. */
const smallMemoryMb = 512;

/**
 * The functions of src/handlers. The finisher may take longer than the minute until its next round:
 * meanwhile queued events wait (`asyncLimits`), and a round that is killed half-way sends alerts a
 * second time.
 */
export function definitionsOf(config: InfraConfig): Readonly<Record<FunctionName, FunctionDefinition>> {
  const { live, retro, batcher } = config;
  return {
    'live-analyzer': {
      description: 'Scans new files with the active ruleset',
      memoryMb: live.memoryMb,
      timeoutSeconds: live.timeoutSeconds,
      reservedConcurrency: live.reservedConcurrency,
    },
    'retro-analyzer': {
      description: 'Scans one batch of a retro scan',
      memoryMb: retro.memoryMb,
      timeoutSeconds: retro.timeoutSeconds,
      // Its budget is the maximum concurrency of its queue: a reservation would reduce what live
      // analysis may use.
      reservedConcurrency: null,
    },
    batcher: {
      description: 'Lists the corpus for a retro scan, and sends the due objects in batches',
      memoryMb: batcher.memoryMb,
      timeoutSeconds: batcher.timeoutSeconds,
      reservedConcurrency: null,
    },
    'scan-finisher': {
      description: 'Completes scans, and sends pending alerts; invoked every minute',
      memoryMb: smallMemoryMb,
      timeoutSeconds: 300,
      // Two at once would send the same alerts.
      reservedConcurrency: config.reserveForFinisher ? 1 : null,
    },
    redrive: {
      description: 'Moves dead letters back to their queues',
      memoryMb: smallMemoryMb,
      timeoutSeconds: 900,
      reservedConcurrency: null,
    },
  };
}

/**
 * Retries of asynchronous invocations:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export interface AsyncLimits {
  /** After the first attempt. */
  readonly retries: number;
  /** Maximum age of an event that waits for its first or another attempt, throttled or failed. */
  readonly maxAgeSeconds: number;
}

/**
 * Functions that are invoked asynchronously. Failures after this are sent to the queue of failures.
 */
export const asyncLimits = {
  /**
   * A batcher that died continues from its last checkpoint. After more than an hour, the finisher
   * has long had it invoked again.
   */
  batcher: { retries: 2, maxAgeSeconds: 3600 },
  /**
   * The next minute follows by itself. The age is three times its timeout: a round waits for the
   * previous one.
   */
  'scan-finisher': { retries: 0, maxAgeSeconds: 900 },
} as const satisfies Partial<Record<FunctionName, AsyncLimits>>;
