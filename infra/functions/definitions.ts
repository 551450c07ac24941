import type { InfraConfig } from '../config/schema.ts';
import type { FunctionName } from '../handles.ts';

/** What a function is given to run with. */
export interface FunctionDefinition {
  readonly description: string;
  /** MB. At 1769 there is one whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Environments that are kept for it, and the most that it gets; null: as many as the account has left. */
  readonly reservedConcurrency: number | null;
}

/** Functions that hold no objects and compile no rules. */
const smallMemoryMb = 512;

/**
 * The functions of src/handlers. The finisher may take longer than the minute until its next round: what is queued meanwhile waits (`asyncLimits`),
 * and a round that is killed half-way sends alerts a second time.
 */
export function definitionsOf(config: InfraConfig): Readonly<Record<FunctionName, FunctionDefinition>> {
  const { live, retro, batcher } = config;
  return {
    'live-analyzer': {
      description: 'Scans what arrived with the ruleset in force',
      memoryMb: live.memoryMb,
      timeoutSeconds: live.timeoutSeconds,
      reservedConcurrency: live.reservedConcurrency,
    },
    'retro-analyzer': {
      description: 'Scans one batch of a retro scan',
      memoryMb: retro.memoryMb,
      timeoutSeconds: retro.timeoutSeconds,
      // Its budget is the maximum concurrency of its queue: with a reservation it would take from what live analysis may need.
      reservedConcurrency: null,
    },
    batcher: {
      description: 'Lists the corpus for a retro scan, and sends what is due in batches',
      memoryMb: batcher.memoryMb,
      timeoutSeconds: batcher.timeoutSeconds,
      reservedConcurrency: null,
    },
    'scan-finisher': {
      description: 'Completes scans, and sends alerts that were left behind; invoked every minute',
      memoryMb: smallMemoryMb,
      timeoutSeconds: 300,
      // Two at once would send the same alerts.
      reservedConcurrency: config.reserveForFinisher ? 1 : null,
    },
    redrive: {
      description: 'Puts dead letters back into their queues',
      memoryMb: smallMemoryMb,
      timeoutSeconds: 900,
      reservedConcurrency: null,
    },
  };
}

/** How asynchronous invocations are tried: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export interface AsyncLimits {
  /** After the first attempt. */
  readonly retries: number;
  /** That an event waits for its first attempt or another, throttled or failed. */
  readonly maxAgeSeconds: number;
}

/** Of functions that others invoke and do not wait for. What fails after this is told to the queue of failures. */
export const asyncLimits = {
  /** One that died goes on from its last checkpoint. Later than an hour from now, the finisher has long had it invoked again. */
  batcher: { retries: 2, maxAgeSeconds: 3600 },
  /** The next minute comes by itself. The age is three times its time-out: a round waits for the one before it. */
  'scan-finisher': { retries: 0, maxAgeSeconds: 900 },
} as const satisfies Partial<Record<FunctionName, AsyncLimits>>;
