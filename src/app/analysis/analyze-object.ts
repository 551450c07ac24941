import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, RearviewError } from '../../domain/errors.ts';
import type { ObjectContent, ObjectInfo, ObjectRef } from '../../domain/objects/object.ts';
import { bytesToScan, type SizeLimit } from '../../domain/objects/size-limit.ts';
import { coverageOf } from '../../domain/rulesets/coverage.ts';
import { logicOf, type Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { LedgerEntry, Outcome } from '../../domain/scans/outcome.ts';
import type { RecordedScan, Scan } from '../../domain/scans/scan.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { ObjectRecord } from '../../ports/record-store.ts';
import { contentsOf } from '../index/indexed-contents.ts';
import { alertCandidates, scannedFile } from './alert-candidates.ts';
import type { Analyzer } from './analyzer.ts';
import { createReservation, type Reservation } from './byte-budget.ts';
import { earlierOutcome, outcomeOf, outcomeOfError } from './object-outcome.ts';
import { readAndScan, type ScannedContent } from './read-and-scan.ts';

/** Maximum number of reads of an object that changes while it is read. */
const readsOfChangingObject = 4;
const pauseBetweenReadsMs = 50;

export interface AnalyzeRequest {
  readonly object: ObjectInfo;
  readonly ruleset: Ruleset;
  readonly scan: RecordedScan;
  /**
   * Outcomes that the scan has recorded since then stand, failures too: ISO 8601 in UTC. Default:
   * failures are tried again.
   */
  readonly since?: string | undefined;
  /**
   * Records temporary errors as failures instead of throwing them, because there is no further try.
   */
  readonly lastAttempt: boolean;
  /** See `AnalyzerTask`. */
  readonly unindexed?: boolean;
}

/** The outcome of an object, as its ledger entry and its record. */
export interface ObjectOutcome {
  readonly entry: LedgerEntry;
  /** Null if there is nothing new to record. */
  readonly record: ObjectRecord | null;
  /** 0 where the engine did not run. */
  readonly engineMs: number;
  /** Matches of staged rules among those of the outcome. Default: 0. */
  readonly stagedMatches?: number;
}

/**
 * Brings one object to its outcome: its matches are recorded, alerts are owed, and its verdict is
 * applied. Doing it again is harmless: what the object has been covered with is not scanned again,
 * what has matched does not alert again.
 *
 * @param record what is known of it
 * @throws RearviewError what is retryable, unless this is the last attempt
 */
export async function analyzeObject(
  analyzer: Analyzer,
  request: AnalyzeRequest,
  record: ObjectRecord | null,
): Promise<ObjectOutcome> {
  const { object, ruleset, scan } = request;
  const known = earlierOutcome(analyzer, record, request);
  if (known !== null) return { entry: known, record: null, engineMs: 0 };

  const reader = analyzer.readers.get(object.bucket);
  if (reader === undefined) {
    throw new RearviewError('ERR_CONFIG', `No bucket "${object.bucket}" is configured; ${object.key} cannot be read.`);
  }
  const room = createReservation(analyzer.budget);
  try {
    const scanned = await readAndScan(analyzer.pool, ruleset, () => readContent(analyzer, reader, room, request), {
      unpack: analyzer.unpack,
      index: isToBeIndexed(analyzer, request, record),
    });
    if (!('status' in scanned)) return await settleScanned(analyzer, request, record, scanned);
    const sha256 = record?.sha256 ?? null;
    const examined = { file: null, candidates: [], ruleset, scan, object, outcome: scanned, sha256 };
    await analyzer.verdicts?.give(examined, request);
    return settle(analyzer, request, withUploader(object, request, record), scanned, null, 0);
  } finally {
    room.release();
  }
}

/**
 * Whether the index is to have an object: it is scanned for the first time, or the index lacks it,
 * as the plan of a later scan shows.
 */
export function isToBeIndexed(
  { indexWriter }: Pick<Analyzer, 'indexWriter'>,
  { unindexed = false }: { readonly unindexed?: boolean },
  record: ObjectRecord | null,
): boolean {
  return indexWriter !== undefined && (unindexed || record === null);
}

/**
 * Brings an object that was scanned to its outcome.
 *
 * @param record what is known of it
 * @throws RearviewError what is retryable, unless this is the last attempt
 */
export async function settleScanned(
  analyzer: Analyzer,
  request: AnalyzeRequest,
  record: ObjectRecord | null,
  { content, externals, report }: Pick<ScannedContent, 'externals' | 'report'> & { readonly content: ObjectInfo },
): Promise<ObjectOutcome> {
  const { ruleset, scan } = request;
  reportRemarks(analyzer, scan, { content, report });
  const contents = contentsOf(report);
  if (contents !== null)
    analyzer.indexWriter?.add({
      bucket: content.bucket,
      key: content.key,
      version: content.version,
      size: content.size,
      contents,
    });
  const { bucket, key, version, size, arrivedAt } = content;
  const info = withUploader({ bucket, key, version, size, arrivedAt }, request, record);
  const outcome = outcomeOf(report, size);
  const sha256 = report.sha256 ?? null;
  if (report.status === 'failed') {
    const examined = { file: null, candidates: [], ruleset, scan, object: info, outcome, sha256 };
    await analyzer.verdicts?.give(examined, request);
    return settle(analyzer, request, info, outcome, sha256, 0);
  }
  const { size: scannedBytes, md5, matches, engineMs, inside } = report;
  const scannedContent = { object: info, scannedBytes, externals, sha256: report.sha256, md5, inside };
  const at = new Date(analyzer.now()).toISOString();
  const candidates = alertCandidates({ ...scannedContent, matches, ruleset, scan, at });
  // Matches before the record: a crash in between scans again and finds them known, rather than
  // never recording them.
  if (candidates.length > 0) await analyzer.alerts.owe(await analyzer.matches.record(candidates));
  // After the matches, which it is decided by, and before the record: a crash in between does it
  // again.
  const file = scannedFile(scannedContent);
  await analyzer.verdicts?.give({ object: info, outcome, sha256, file, candidates, ruleset, scan }, request);
  const stagedMatches = candidates.filter(({ isStaged }) => isStaged).length;
  return { ...settle(analyzer, request, info, outcome, sha256, engineMs), stagedMatches };
}

/**
 * With who uploaded it, as an event or the record says: of the version that was asked for, and of
 * no newer one that was read in its place.
 */
function withUploader(found: ObjectInfo, { object }: AnalyzeRequest, record: ObjectRecord | null): ObjectInfo {
  const uploadedBy = object.uploadedBy ?? record?.uploadedBy;
  return uploadedBy === undefined || found.version !== object.version ? found : { ...found, uploadedBy };
}

/**
 * Reports what rules printed while they scanned an object, and values of variables that were not
 * used, as events that name it.
 */
export function reportRemarks(
  { observe }: Pick<Analyzer, 'observe'>,
  { id, kind }: Pick<Scan, 'id' | 'kind'>,
  { content, report }: Pick<ScannedContent, 'report'> & { readonly content: ObjectRef },
): void {
  const { bucket, key, version } = content;
  if (report.status === 'scanned') {
    for (const message of report.variableProblems ?? [])
      observe({ type: 'problem', where: `${bucket}/${key}`, message });
  }
  const { printed } = report;
  if (printed === undefined) return;
  observe({ type: 'printed', scanId: id, kind, object: { bucket, key, version }, printed });
}

/**
 * The content (of an object above the limit its first part, where that is the policy), or the
 * outcome of an object that cannot be had. The content may be of a newer version than was asked
 * for.
 * @param room holds what the content takes, of whichever version it is
 */
export async function readContent(
  limit: SizeLimit,
  reader: ObjectReader,
  room: Reservation,
  { object, lastAttempt }: Pick<AnalyzeRequest, 'object' | 'lastAttempt'>,
): Promise<ObjectContent | Outcome> {
  let wanted = object;
  for (let attempt = 1; ; attempt += 1) {
    // Of what is too large nothing is read.
    await room.hold(bytesToScan(wanted.size, limit) ?? 0);
    try {
      return await reader.read(wanted, { maxBytes: limit.maxObjectBytes, whole: limit.largeFiles === 'skip' });
    } catch (error) {
      if (hasCode(error, 'ERR_OBJECT_CHANGED') && attempt < readsOfChangingObject) {
        await sleep(pauseBetweenReadsMs * attempt);
        const newer = await reader.head({ key: object.key }).catch(() => null);
        wanted = newer ?? wanted;
        continue;
      }
      const outcome = outcomeOfError(error, lastAttempt);
      if (outcome === null) throw error;
      return outcome;
    }
  }
}

function settle(
  analyzer: Analyzer,
  request: AnalyzeRequest,
  object: ObjectInfo,
  outcome: Outcome,
  sha256: string | null,
  engineMs: number,
): ObjectOutcome {
  const { bucket, key, version, size, uploadedBy } = object;
  const record: ObjectRecord = {
    ...{ bucket, key, version, size, sha256, outcome },
    ...(uploadedBy === undefined ? {} : { uploadedBy }),
    scanId: request.scan.id,
    updatedAt: new Date(analyzer.now()).toISOString(),
    coverage: coverageOf(logicOf(request.ruleset), outcome, analyzer),
  };
  const entry: LedgerEntry = { bucket, key, version, size, outcome, ...(sha256 === null ? {} : { sha256 }) };
  return { entry, record, engineMs };
}
