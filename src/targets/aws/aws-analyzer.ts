import type { Analyzer } from '../../app/analysis/analyzer.ts';
import { createByteBudget } from '../../app/analysis/byte-budget.ts';
import { createDirectAlerts } from '../../app/analysis/direct-alerts.ts';
import { createVerdicts } from '../../app/analysis/verdicts.ts';
import { createIndexWriter } from '../../app/index/index-writer.ts';
import type { Observe } from '../../app/pipeline/events.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { ScanPool } from '../../engine/types.ts';
import { engineMemoryFor } from '../engine-memory.ts';
import { imageRefused } from '../image-refused.ts';
import type { AwsTarget } from './aws-target.ts';
import { createAwsVerdictSink } from './aws-verdict-sink.ts';

/** An object takes some ten milliseconds to read and less than one to scan. */
const readAhead = 32;

/**
 * Milliseconds that rules may take to load: thousands of rules compile in ten seconds, and the
 * invocation of a function has to outlast it.
 */
const loadDeadlineMs = 60_000;

/**
 * Creates the analyzer of a function, with its scan engine. It is apart from the target because
 * most functions scan nothing. The caller closes the pool.
 * @param options.workers threads that scan
 */
export function createAwsAnalyzer(
  target: AwsTarget,
  { workers, observe = () => undefined }: { readonly workers: number; readonly observe?: Observe },
): Analyzer & { readonly pool: ScanPool } {
  const { config, clients, library, readers, alertSink, previews, maxObjectBytes, largeFiles, unpack } = target;
  const { records, matches, scans } = target.state;
  const sink = createAwsVerdictSink({ config, clients, observe });
  return {
    ...{ readers, library, records, matches, scans, maxObjectBytes, largeFiles, unpack, previews, observe },
    verdicts: sink === null ? undefined : createVerdicts({ sink, matches, library, observe, now: Date.now }),
    indexWriter: createIndexWriter({
      ...{ segments: target.segments, limits: target },
      onProblem: (message) => observe({ type: 'problem', where: 'index', message }),
    }),
    alerts: createDirectAlerts({ matches, sinks: [alertSink], observe, now: Date.now }),
    pool: createScanPool({
      workers,
      deadlineMs: config.deadlineMs,
      loadDeadlineMs,
      maxMemoryBytes: engineMemoryFor(maxObjectBytes),
      onImageRefused: (rulesetId, why) =>
        observe({ type: 'problem', where: 'ruleset', message: imageRefused(rulesetId, why) }),
    }),
    readAhead,
    // Twice the most that is held of one object: one is scanned while the next is read.
    budget: createByteBudget(2 * maxObjectBytes),
    now: Date.now,
  };
}
