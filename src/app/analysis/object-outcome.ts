import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectRef } from '../../domain/objects/object.ts';
import { coveredLogic } from '../../domain/rulesets/coverage.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import { type LedgerEntry, limitNoted, type Outcome, partScanned } from '../../domain/scans/outcome.ts';
import type { RecordedScan } from '../../domain/scans/scan.ts';
import type { ScanReport } from '../../engine/types.ts';
import type { ObjectRecord } from '../../ports/record-store.ts';
import type { DamagedReport } from './read-and-scan.ts';

/**
 * The entry of an object that needs no scan: covered before, or settled by an earlier delivery of
 * the same work.
 */
export function earlierOutcome(
  limit: ScanLimits,
  record: ObjectRecord | null,
  {
    object,
    ruleset,
    scan,
    since,
  }: {
    readonly object: ObjectRef;
    readonly ruleset: Ruleset;
    readonly scan: Pick<RecordedScan, 'id' | 'full'>;
    /** See `AnalyzeRequest`. */
    readonly since?: string | undefined;
  },
): LedgerEntry | null {
  if (record === null) return null;
  const covered = coveredLogic(record.coverage, record.size, limit);
  const isCovered = logicOf(ruleset).every((hash) => covered.has(hash));
  const sha256 = record.sha256 === null ? {} : { sha256: record.sha256 };
  const entry = { bucket: object.bucket, key: object.key, version: object.version, size: record.size, ...sha256 };
  const isOfThisScan = record.scanId === scan.id;
  const { outcome } = record;
  if (isOfThisScan && isCovered && outcome.status === 'scanned') return { ...entry, outcome };
  const isRecent = since !== undefined && record.updatedAt >= since;
  if (isOfThisScan && isRecent && (outcome.status === 'failed' || outcome.status === 'skipped'))
    return { ...entry, outcome };
  if (isCovered && !scan.full) return { ...entry, outcome: { status: 'covered' } };
  return null;
}

/** The outcome of an object that could not be read; null if another attempt is worthwhile. */
export function outcomeOfError(error: unknown, lastAttempt: boolean): Outcome | null {
  const detail = messageOf(error);
  if (hasCode(error, 'ERR_OBJECT_GONE')) return { status: 'skipped', reason: 'gone', detail };
  if (hasCode(error, 'ERR_OBJECT_TOO_LARGE')) return { status: 'skipped', reason: 'too_large', detail };
  if (hasCode(error, 'ERR_OBJECT_ARCHIVED')) return { status: 'skipped', reason: 'storage_class', detail };
  if (hasCode(error, 'ERR_OBJECT_UNSUPPORTED')) return { status: 'skipped', reason: 'not_a_regular_file', detail };
  if (hasCode(error, 'ERR_OBJECT_CHANGED')) return { status: 'failed', reason: 'changed', detail };
  if (error instanceof RearviewError && error.retryable && !lastAttempt) return null;
  if (hasCode(error, 'ERR_OBJECT_DENIED')) return { status: 'failed', reason: 'denied', detail };
  return { status: 'failed', reason: 'unreadable', detail };
}

/** The outcome of a scan. */
export function outcomeOf(report: ScanReport | DamagedReport, objectSize: number): Outcome {
  if (report.status === 'failed') return { status: 'failed', reason: report.reason, detail: report.detail };
  return {
    status: 'scanned',
    matches: report.matches.length,
    ...partScanned(objectSize, report.size),
    ...limitNoted(report),
    ...(report.inside === undefined ? {} : { inside: report.inside }),
  };
}
