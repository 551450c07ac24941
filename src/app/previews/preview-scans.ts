import { randomBytes } from 'node:crypto';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { PreviewLimits } from '../../domain/scans/preview-limits.ts';
import { finalStates, newScan, type Scan } from '../../domain/scans/scan.ts';
import { formatCount, plural } from '../../domain/text/amounts.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';
import { getScan } from '../scans/retro-scans.ts';
import { cancelOverduePreviews, previewBuckets, requireRoom } from './admit-preview.ts';

/**
 * The format of a preview id. The caller chooses the id, so that it can find the preview before it
 * starts.
 */
export const previewIdPattern = /^preview-\d{8}T\d{6}-[0-9a-f]{6,32}$/;
/**
 * Maximum number of rules in the ruleset of a preview, both versions together. The limits of the
 * target may be lower.
 */
export const maxPreviewRules = 2000;
/**
 * Bytes of the names of these rules, with their namespaces, as JSON. A ledger entry that names them
 * all fits into an item of DynamoDB (400 KB).
 */
const maxPreviewNameBytes = 200_000;
/** Contents that are scanned whatever the sample. */
export const maxPreviewContents = 1000;
/** Bytes of the sources of a preview. */
export const maxPreviewSourceBytes = 16 * 1024 * 1024;
/**
 * Every namespace of a preview begins with one of these, so its ruleset is never a published one.
 */
export const previewNamespaces = ['now/', 'before/'] as const;

/** A scan with rules that are not published. */
export interface PreviewRequest {
  /** An id from `newPreviewId`. Starting the same id again returns the same scan. */
  readonly scanId: string;
  /**
   * The changed rules as they are, in namespaces below `now/`, and as they were, below `before/`.
   */
  readonly ruleset: Ruleset;
  readonly filter: ObjectFilter;
  /** See `PreviewScope`. */
  readonly sample: number;
  /** See `PreviewScope`. At most `maxPreviewContents`. */
  readonly sha256: readonly string[];
  /** See `Scan`; in any order. */
  readonly inventories: readonly string[];
  readonly expected: { readonly objects: number; readonly bytes: number } | null;
}

/** An id for a preview: readable, sortable by time, unique. */
export function newPreviewId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `preview-${time}-${randomBytes(6).toString('hex')}`;
}

/**
 * Starts a preview over the buckets of the corpus, as far as the limits allow: stores its ruleset,
 * and creates its scan. If a scan of this id exists, it is returned.
 * @throws RearviewError as `checkPreview`; `ERR_CONFIG` for what is beyond the limits;
 *   `ERR_STATE` where a scan of another kind has this id
 */
export async function startPreview(
  {
    scans,
    library,
    buckets,
    limits,
    now,
  }: {
    readonly scans: ScanStore;
    readonly library: RulesetLibrary;
    readonly buckets: readonly string[];
    readonly limits: PreviewLimits;
    readonly now: () => number;
  },
  request: PreviewRequest,
): Promise<Scan> {
  checkPreview(request, limits);
  const { scanId: id, ruleset, filter, sample, sha256, expected } = request;
  const listed = previewBuckets(limits, buckets, filter.prefix);
  await cancelOverduePreviews({ scans, now }, limits);
  await requireRoom(scans, limits, id);
  // Before the scan, so that a process that finds the scan also finds its rules.
  await library.put({ ...ruleset, image: null });
  const fields = newScan({
    ...{ id, kind: 'preview', rulesetId: ruleset.id, buckets: listed, filter, expected },
    // Nothing of it is ever covered, and it covers nothing.
    full: true,
    createdAt: new Date(now()).toISOString(),
    inventories: [...request.inventories].sort(),
    preview: {
      ...{ sample, sha256: [...new Set(sha256)].sort() },
      ...{ within: limits.within, maxObjects: limits.maxObjects },
    },
  });
  const { scan } = await scans.create(fields, id);
  requirePreview(scan);
  return scan;
}

/** A preview that was requested and has not begun. */
export function awaitedPreview(id: string, sample: number, createdAt: string): Scan {
  const fields = { id, kind: 'preview', rulesetId: '', full: true, buckets: [], filter: {}, createdAt } as const;
  return newScan({ ...fields, expected: null, preview: { sample, sha256: [], within: null, maxObjects: null } });
}

/**
 * Cancels a preview. One that has ended stays as it is. One that does not exist yet is created as
 * cancelled: requests to functions have no order, and a start that comes last then finds the scan
 * that it would create.
 * @throws RearviewError `ERR_USAGE` for an id that is not a preview id, `ERR_STATE` for a scan of
 *   another kind
 */
export async function cancelPreview(scans: ScanStore, scanId: string, at: string): Promise<Scan> {
  requirePreviewId(scanId);
  const scan = (await scans.get(scanId)) ?? (await scans.create(awaitedPreview(scanId, 0, at), scanId)).scan;
  requirePreview(scan);
  if (finalStates.includes(scan.state)) return scan;
  await scans.setState(scanId, ['running', 'paused'], 'cancelled', { at });
  return getScan(scans, scanId);
}

/**
 * Records that a preview was refused, where it would have been: a cancelled scan with the reason. A
 * caller that waits for the scan finds it. One that is there already stays as it is.
 * @throws RearviewError `ERR_USAGE` for an id that is not a preview id
 */
export async function recordRefusal(scans: ScanStore, scanId: string, why: string, at: string): Promise<void> {
  requirePreviewId(scanId);
  const scan = { ...awaitedPreview(scanId, 0, at), state: 'cancelled', finishedAt: at, error: why } as const;
  await scans.create(scan, scanId);
}

/** Why a preview was refused before it began; null where it was not. */
export function refusalOf({
  kind,
  state,
  cursor,
  error,
}: Pick<Scan, 'kind' | 'state' | 'cursor' | 'error'>): string | null {
  return kind === 'preview' && state === 'cancelled' && cursor === null ? error : null;
}

/**
 * Checks the request for a preview.
 * @param limits of the target, where they are known
 * @throws RearviewError `ERR_USAGE` for an invalid id, sample or hash; `ERR_CONFIG` for too many
 *   rules, or rules in other namespaces
 */
export function checkPreview(
  { scanId, ruleset, sample, sha256 }: PreviewRequest,
  limits: Pick<PreviewLimits, 'maxRules'> = { maxRules: maxPreviewRules },
): void {
  const { sources, rules } = ruleset;
  requirePreviewId(scanId);
  if (!(sample >= 0 && sample <= 1)) throw usage(`Invalid sample ${sample}: use a share from 0 to 1.`);
  if (sha256.length > maxPreviewContents) {
    throw usage(`A preview looks for at most ${maxPreviewContents} contents, not ${sha256.length}.`);
  }
  const wrong = sha256.find((each) => !/^[0-9a-f]{64}$/.test(each));
  if (wrong !== undefined) throw usage(`Invalid SHA-256 "${wrong.slice(0, 100)}": use lower-case hex.`);
  const elsewhere = sources.find(({ namespace }) => !previewNamespaces.some((each) => namespace.startsWith(each)));
  if (elsewhere !== undefined) {
    throw tooMuch(`the namespace ${elsewhere.namespace.slice(0, 200)} is not below ${previewNamespaces.join(' or ')}`);
  }
  if (rules.length === 0) throw tooMuch('there are no rules in it');
  const maxRules = Math.min(limits.maxRules, maxPreviewRules);
  if (rules.length > maxRules) {
    throw tooMuch(
      `the limit is ${plural(maxRules, 'rule')} (previews.maxRules), and there are ${formatCount(rules.length)}`,
    );
  }
  const nameBytes = Buffer.byteLength(JSON.stringify(rules.map(ruleId)));
  if (nameBytes > maxPreviewNameBytes) {
    throw tooMuch(`the names of its rules may have ${maxPreviewNameBytes} bytes, and have ${nameBytes}`);
  }
  const sourceBytes = sources.reduce((sum, { source }) => sum + Buffer.byteLength(source), 0);
  if (sourceBytes > maxPreviewSourceBytes) {
    throw tooMuch(`its sources may have ${maxPreviewSourceBytes} bytes, and have ${sourceBytes}`);
  }
}

function requirePreviewId(scanId: string): void {
  if (!previewIdPattern.test(scanId)) throw usage(`Invalid preview id "${scanId.slice(0, 100)}".`);
}

function requirePreview({ id, kind }: Scan): void {
  if (kind !== 'preview') throw new RearviewError('ERR_STATE', `${id} is a ${kind} scan, not a preview.`);
}

function usage(what: string): RearviewError {
  return new RearviewError('ERR_USAGE', what);
}

function tooMuch(why: string): RearviewError {
  return new RearviewError(
    'ERR_CONFIG',
    `These rules cannot be previewed: ${why}. Change fewer rules in one pull request, or do without a preview.`,
  );
}
