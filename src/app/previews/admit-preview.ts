import { RearviewError } from '../../domain/errors.ts';
import { formatArea, narrowerPrefix, type PreviewLimits } from '../../domain/scans/preview-limits.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import type { ScanStore } from '../../ports/scan-store.ts';

const hourMs = 3_600_000;
/**
 * Maximum number of previews that are read. There are never many more active ones than
 * `maxRunning`.
 */
const mostActive = 1000;

/** Running and paused previews, newest first. */
export function activePreviews(scans: Pick<ScanStore, 'list'>): Promise<readonly Scan[]> {
  return scans.list({ kind: 'preview', states: ['running', 'paused'], limit: mostActive });
}

/**
 * Cancels previews that have run longer than the limits allow, so that an abandoned one does not
 * block others.
 */
export async function cancelOverduePreviews(
  { scans, now }: { readonly scans: Pick<ScanStore, 'list' | 'setState'>; readonly now: () => number },
  { maxHours }: Pick<PreviewLimits, 'maxHours'>,
): Promise<void> {
  for (const { id, createdAt } of await activePreviews(scans)) {
    if (now() - Date.parse(createdAt) < maxHours * hourMs) continue;
    const error = `It had run for ${maxHours} hours, the most that this target allows (previews.maxHours).`;
    await scans.setState(id, ['running', 'paused'], 'cancelled', { at: new Date(now()).toISOString(), error });
  }
}

/**
 * Buckets that a preview with this prefix lists.
 * @throws RearviewError `ERR_CONFIG` where the limits leave nothing of them, or where there are
 *   no previews
 */
export function previewBuckets(
  { within, maxRunning }: Pick<PreviewLimits, 'within' | 'maxRunning'>,
  buckets: readonly string[],
  prefix = '',
): readonly string[] {
  if (maxRunning === 0) throw refused('previews are turned off for this target (previews.maxRunning is 0)');
  if (within === null) return buckets;
  const left = buckets.filter((bucket) =>
    within.some((area) => area.bucket === bucket && narrowerPrefix(area.prefix, prefix) !== null),
  );
  if (left.length > 0) return left;
  const asked = prefix === '' ? 'the corpus has none of it' : `"${prefix.slice(0, 200)}" is outside`;
  throw refused(`previews may only read ${within.map(formatArea).join(', ')} (previews.allowed), and ${asked}`);
}

/** @throws RearviewError `ERR_CONFIG` if the maximum number of previews runs already */
export async function requireRoom(
  scans: Pick<ScanStore, 'list'>,
  { maxRunning }: Pick<PreviewLimits, 'maxRunning'>,
  scanId: string,
): Promise<void> {
  const others = (await activePreviews(scans)).filter(({ id }) => id !== scanId);
  if (others.length >= maxRunning) throw refused(tooManyRun(maxRunning));
}

/**
 * Why a preview that has not begun may not begin; null where it may. Those that started at the same
 * moment have not seen each other: of them the first continue, as many as may run.
 */
export async function whyNotBegin(
  scans: Pick<ScanStore, 'list'>,
  limits: PreviewLimits,
  scan: Scan,
): Promise<string | null> {
  if (JSON.stringify(scan.preview?.within ?? null) !== JSON.stringify(limits.within)) {
    return 'What previews may read has changed since it started (previews.allowed). Start it again.';
  }
  if (scan.cursor !== null) return null;
  const before = (await activePreviews(scans)).filter((other) => isBefore(other, scan));
  return before.length < limits.maxRunning ? null : messageOfRefusal(tooManyRun(limits.maxRunning));
}

function isBefore(other: Scan, { id, createdAt }: Scan): boolean {
  if (other.createdAt !== createdAt) return other.createdAt < createdAt;
  return other.id < id;
}

function tooManyRun(maxRunning: number): string {
  return `${maxRunning} previews run already, the most that this target allows (previews.maxRunning): start it again when one of them has ended`;
}

function messageOfRefusal(why: string): string {
  return `The preview was refused: ${why}.`;
}

function refused(why: string): RearviewError {
  return new RearviewError('ERR_CONFIG', messageOfRefusal(why));
}
