import { availableParallelism } from 'node:os';
import { createJsonlAlertSink } from '../../adapters/local/alerts/alerts-jsonl.ts';
import { createWebhookAlertSink } from '../../adapters/local/alerts/alerts-webhook.ts';
import { returnInterrupted } from '../../adapters/local/database/queue.ts';
import type { LocalState } from '../../adapters/local/state.ts';
import { acquireStateLock, lockHolder } from '../../adapters/local/state-lock.ts';
import { type AlertDispatcher, createAlertDispatcher } from '../../app/analysis/alert-dispatcher.ts';
import type { Analyzer } from '../../app/analysis/analyzer.ts';
import { createByteBudget } from '../../app/analysis/byte-budget.ts';
import type { IndexWriter } from '../../app/index/index-writer.ts';
import type { Observe } from '../../app/pipeline/events.ts';
import { type Pipeline, startPipeline } from '../../app/pipeline/pipeline.ts';
import type { RulesetLibrary } from '../../app/rulesets/ruleset-library.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import { type BaseShelf, createBaseShelf } from '../../engine/base-image.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { engineMemoryFor } from '../engine-memory.ts';
import { imageRefused } from '../image-refused.ts';
import { defaultDeadlineMs, defaultMaxReceives } from '../target.ts';
import { createLocalIndex } from './local-index.ts';
import { localVisibilityMs } from './local-visibility.ts';

/** Bytes. Files up to this size are scanned in all workers at the same time. */
const largeFileBytes = 16 * 1024 ** 2;

/** Milliseconds to wait for the lock: commands take it for a moment to see whether a process has it. */
const lockWaitMs = 500;

interface PipelineOptions extends ScanLimits {
  readonly stateDir: string;
  /** Workers for retro scans; uploads have one of their own. Default: one per core. */
  readonly jobs?: number;
  /** Milliseconds that one scan may take. Default: 30,000. */
  readonly deadlineMs?: number;
  /** Receivers of alerts in addition to the webhook and `alertsFile`. */
  readonly sinks?: readonly AlertSink[];
  readonly observe: Observe;
  readonly previews: PreviewLimits;
  /** URL that alerts are sent to; null: none. */
  readonly webhook: string | null;
}

interface PipelineParts {
  readonly state: LocalState;
  readonly segments: SegmentStore;
  readonly library: RulesetLibrary;
  readonly readers: ReadonlyMap<string, ObjectReader>;
  readonly lockFile: string;
  readonly alertsFile: string;
}

/** The pipeline of this machine. */
export interface LocalPipeline extends Pipeline {
  /** Images that its workers load rulesets without an image on top of. */
  readonly bases: BaseShelf;
  /** Writes what the index is to have of what was scanned. */
  flushIndex(): Promise<void>;
}

/**
 * Runs the pipeline of a state folder in this process, until it is stopped.
 * @throws RearviewError `ERR_STATE_LOCKED` when another process runs it
 */
export function runLocalPipeline(options: PipelineOptions, parts: PipelineParts): LocalPipeline {
  const { stateDir, webhook, observe } = options;
  const { state, lockFile, alertsFile } = parts;
  const lock = acquireStateLock(lockFile, { waitMs: lockWaitMs });
  if (lock === null) {
    throw new RearviewError(
      'ERR_STATE_LOCKED',
      `The pipeline on ${stateDir} is run by ${lockHolder(lockFile)}. It processes your uploads. Stop it first, or use another state folder with --state.`,
    );
  }
  const alerts = createAlertDispatcher({
    matches: state.matches,
    deliveries: state.deliveries,
    sinks: [
      createJsonlAlertSink(alertsFile),
      ...(options.sinks ?? []),
      ...(webhook === null ? [] : [createWebhookAlertSink({ url: webhook })]),
    ],
    observe,
  });
  const bases = createBaseShelf();
  const index = createLocalIndex(options, parts);
  const shared = { ...parts, ...index, alerts, bases };
  const live = createAnalyzer(options, 1, shared);
  const jobs = options.jobs ?? availableParallelism();
  const retro = createAnalyzer(options, jobs, shared);
  const preview = createAnalyzer(options, jobs, shared);
  // The lock excludes every other process: messages and leases of one that died return at once.
  returnInterrupted(state.db, Date.now());
  const owner = 'this-machine';
  const queues = { ...state.queues, visibilityMs: localVisibilityMs, maxReceives: defaultMaxReceives };
  const pipeline = startPipeline({ live, retro, preview, queues, owner });
  return {
    bases,
    flushIndex: () => index.indexWriter.flush(),
    async stop() {
      const undelivered = await pipeline.stop();
      await Promise.all([live.pool.close(), retro.pool.close(), preview.pool.close()]);
      await index.close();
      lock.release();
      return undelivered;
    },
  };
}

function createAnalyzer(
  options: PipelineOptions,
  workers: number,
  parts: Pick<PipelineParts, 'state' | 'segments' | 'library' | 'readers'> & {
    readonly indexWriter: IndexWriter;
    readonly alerts: AlertDispatcher;
    readonly bases: BaseShelf;
  },
): Analyzer {
  const { state, segments, indexWriter, library, readers, alerts, bases } = parts;
  const { observe } = options;
  return {
    readers,
    library,
    alerts,
    records: state.records,
    matches: state.matches,
    scans: state.scans,
    segments,
    indexWriter,
    pool: createScanPool({
      workers,
      bases,
      deadlineMs: options.deadlineMs ?? defaultDeadlineMs,
      maxMemoryBytes: engineMemoryFor(options.maxObjectBytes),
      onImageRefused: (rulesetId, why) =>
        observe({ type: 'problem', where: 'ruleset', message: imageRefused(rulesetId, why) }),
    }),
    previews: options.previews,
    readAhead: 1,
    // Room for one file of this size in each worker, and one that is read. A larger file waits until
    // it is alone.
    budget: createByteBudget(largeFileBytes * (workers + 1)),
    maxObjectBytes: options.maxObjectBytes,
    largeFiles: options.largeFiles,
    unpack: options.unpack,
    now: Date.now,
    observe,
  };
}
