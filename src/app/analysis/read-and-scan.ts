import type { UnpackLimits } from '../../domain/inside/limits.ts';
import type { ObjectContent } from '../../domain/objects/object.ts';
import { type Externals, externalsOf, type GivenVariables } from '../../domain/rulesets/externals.ts';
import { givenVariables } from '../../domain/rulesets/variables.ts';
import type { Outcome } from '../../domain/scans/outcome.ts';
import { joinPrinted } from '../../engine/printed.ts';
import type { PrintedText, ScannableRuleset, ScanPool, ScanReport } from '../../engine/types.ts';

/** The scan of bytes that differ from the stored ones. Its matches say nothing about the object. */
export interface DamagedReport {
  readonly status: 'failed';
  readonly reason: 'unreadable';
  readonly detail: string;
  readonly size: number;
  readonly sha256?: undefined;
  readonly printed?: PrintedText;
}

export interface ScannedContent {
  /** Its bytes went to the worker. */
  readonly content: ObjectContent;
  readonly externals: Externals;
  /** The report of the last attempt. Texts that rules printed are of all attempts. */
  readonly report: ScanReport | DamagedReport;
}

/**
 * A scan that crashed is done once more, in a fresh worker or engine: it may have been what it
 * had been through before.
 */
const attempts = 2;

export interface ReadAndScanOptions {
  /** Null: members are not scanned. */
  readonly unpack: UnpackLimits | null;
  /** Values of declared variables that go before those of the metadata. Default: none. */
  readonly variables?: GivenVariables | undefined;
  /** See `ScanRequest`. */
  readonly index?: boolean;
}

/**
 * Reads and scans one object, or returns the outcome of one that cannot be read.
 * @param read the content, or why there is none; called again for each attempt, since the bytes
 *   go with the worker
 */
export async function readAndScan<Unread extends Outcome>(
  pool: Pick<ScanPool, 'scan'>,
  ruleset: ScannableRuleset,
  read: () => Promise<ObjectContent | Unread>,
  { unpack, variables = {}, index = false }: ReadAndScanOptions,
): Promise<ScannedContent | Unread> {
  let printed: PrintedText | undefined;
  // Scanned, but for a member. It stands if the next attempt gives less.
  let earlier: ScannedContent | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const content = await read();
    if ('status' in content) return earlier ?? content;
    const externals = {
      ...externalsOf(claimedPath(content) ?? content.key),
      variables: { ...givenVariables(content.metadata), ...variables },
    };
    const length = content.bytes.length;
    const scanned = await pool.scan({ ruleset, bytes: content.bytes, externals, unpack, index });
    const report = damageOf(content, length, scanned) ?? scanned;
    printed = joinPrinted(printed, report.printed);
    const result = { content, externals, report: printed === undefined ? report : { ...report, printed } };
    if (earlier !== undefined && report.status === 'failed') return earlier;
    if (!isCrash(report) || attempt === attempts) return result;
    if (report.status === 'scanned') earlier = result;
  }
}

/** Whether the engine crashed on the file, or on a member of it. */
function isCrash(report: ScanReport | DamagedReport): boolean {
  if (report.status === 'failed') return report.reason === 'engine_crash';
  return report.inside?.reasons.engine_crash !== undefined;
}

/**
 * The worker hashes what it scans, so the comparison costs nothing. Of a first part there is
 * nothing to compare. Null where nothing is wrong.
 */
function damageOf(
  { key, size, storedSha256 }: ObjectContent,
  length: number,
  { sha256 }: ScanReport,
): DamagedReport | null {
  if (storedSha256 === undefined || sha256 === undefined || length < size || sha256 === storedSha256) return null;
  return {
    ...{ status: 'failed', reason: 'unreadable', size: length },
    detail: `The stored content of ${key} is damaged: it was stored with the SHA-256 ${storedSha256} and has ${sha256} now. Upload the file again to repair it.`,
  };
}

/** The path that the uploader claims. An empty text is not a path. */
function claimedPath({ metadata: { filepath } }: ObjectContent): string | undefined {
  return filepath === '' ? undefined : filepath;
}
