import { type Externals, externalsOf, type GivenVariables } from '../domain/externals.ts';
import type { ObjectContent } from '../domain/object.ts';
import type { Outcome } from '../domain/outcome.ts';
import { givenVariables } from '../domain/variables.ts';
import { joinPrinted } from '../engine/printed.ts';
import type { PrintedText, ScannableRuleset, ScanPool, ScanReport } from '../engine/types.ts';

export interface ScannedContent {
  /** Its bytes went to the worker. */
  readonly content: ObjectContent;
  readonly externals: Externals;
  /** Of the last attempt; what rules printed is of all attempts. */
  readonly report: ScanReport;
}

/** A scan that crashed is done once more, in a fresh worker: it may have been what the worker had been through before. */
const attempts = 2;

/**
 * Reads and scans one object, or answers the outcome of one that cannot be had.
 * @param read the content, or why there is none; called again for each attempt, since the bytes go with the worker
 * @param variables values that go before those of the metadata
 */
export async function readAndScan<Unread extends Outcome>(
  pool: ScanPool,
  ruleset: ScannableRuleset,
  read: () => Promise<ObjectContent | Unread>,
  variables: GivenVariables = {},
): Promise<ScannedContent | Unread> {
  let printed: PrintedText | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const content = await read();
    if ('status' in content) return content;
    const externals = {
      ...externalsOf(claimedPath(content) ?? content.key),
      variables: { ...givenVariables(content.metadata), ...variables },
    };
    const report = await pool.scan({ ruleset, bytes: content.bytes, externals });
    printed = joinPrinted(printed, report.printed);
    const crashed = report.status === 'failed' && report.reason === 'engine_crash';
    if (!crashed || attempt === attempts) {
      return { content, externals, report: printed === undefined ? report : { ...report, printed } };
    }
  }
}

/** The path that the uploader claims. An empty text is no path. */
function claimedPath({ metadata: { filepath } }: ObjectContent): string | undefined {
  return filepath === '' ? undefined : filepath;
}
