import { createHash, randomBytes } from 'node:crypto';
import { RearviewError } from '../../domain/errors.ts';
import type { ObjectFilter } from '../../domain/objects/object.ts';
import type { CurrentRuleset } from '../../domain/rulesets/ruleset.ts';
import { type ExpectedWork, finalStates, newScan, type Scan } from '../../domain/scans/scan.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import { activeRuleset } from '../rulesets/active-ruleset.ts';
import { history } from '../rulesets/current-ruleset.ts';
import type { RulesetLibrary } from '../rulesets/ruleset-library.ts';

export interface RetroOptions {
  readonly buckets: readonly string[];
  readonly filter: ObjectFilter;
  /** Scans everything, also what is covered already. */
  readonly full: boolean;
  readonly expected: ExpectedWork | null;
  /**
   * The active ruleset, where the caller has read it, as for a plan: the scan is of the same.
   * Default: it is read.
   */
  readonly current?: CurrentRuleset;
  /** See `Scan`; in any order. Default: none. */
  readonly inventories?: readonly string[];
}

/** A retro scan that was started. */
export interface StartedRetro {
  readonly scan: Scan;
  /** False where the same scan was running or paused already; then it is that one. */
  readonly created: boolean;
  /** Incremental scans of earlier rulesets that it takes over from. */
  readonly superseded: readonly Scan[];
}

/**
 * Starts a retro scan with the active ruleset, and cancels the scans that it supersedes. Where the
 * same scan (ruleset, buckets, filter, full, inventories) is running or paused, that one is
 * returned.
 * @throws RearviewError `ERR_NOT_FOUND` while no ruleset is published
 */
export async function startRetro(
  parts: { readonly scans: ScanStore; readonly library: RulesetLibrary; readonly now: () => number },
  { inventories: given = [], current: known, ...options }: RetroOptions,
): Promise<StartedRetro> {
  const current = known ?? (await activeRuleset(parts.library));
  const createdAt = new Date(parts.now()).toISOString();
  const { rulesetId } = current;
  const inventories = [...given].sort();
  const scan = newScan({ id: retroId(createdAt), kind: 'retro', rulesetId, createdAt, ...options, inventories });
  const identity = JSON.stringify([
    ...[rulesetId, options.full, options.buckets, options.filter],
    // Without inventories the identity is the same as before they existed, so running scans
    // continue.
    ...(inventories.length === 0 ? [] : [inventories]),
  ]);
  const started = await parts.scans.create(scan, createHash('sha256').update(identity).digest('hex'));
  return { ...started, superseded: await cancelSuperseded(parts, started.scan, current) };
}

/** Readable, sortable by time, unique. */
function retroId(createdAt: string): string {
  return `retro-${createdAt.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;
}

/** Running and paused retro scans, newest first. */
export async function activeRetros(scans: ScanStore): Promise<readonly Scan[]> {
  return scans.list({ kind: 'retro', states: ['running', 'paused'], limit: 1000 });
}

/**
 * Running and paused scans that are planned in batches, retro scans and previews, each newest
 * first.
 */
export async function activePlanned(scans: ScanStore): Promise<readonly Scan[]> {
  const previews = await scans.list({ kind: 'preview', states: ['running', 'paused'], limit: 1000 });
  return [...(await activeRetros(scans)), ...previews];
}

const supersededBy = 'superseded by ';
const retroIdPattern = /^retro-[0-9A-Za-z-]{1,100}$/;

/** Whether a text may be the id of a retro scan. */
export function isRetroId(text: string): boolean {
  return retroIdPattern.test(text);
}

/** The id of the scan that took over from a cancelled one; null where none did. */
export function takenOverBy({ state, error }: Pick<Scan, 'state' | 'error'>): string | null {
  if (state !== 'cancelled' || error === null || !error.startsWith(supersededBy)) return null;
  const id = error.slice(supersededBy.length);
  return isRetroId(id) ? id : null;
}

/**
 * Cancels running incremental scans of earlier rulesets over the same corpus: the given scan covers
 * all that they would have. One that lists an inventory takes over only from such scans: an
 * inventory may cover part of a bucket without saying so. The scan of a ruleset that was published
 * after the given scan had read the active one continues.
 * @param read the active ruleset, as it was read for the given scan
 */
async function cancelSuperseded(
  { scans, library, now }: { readonly scans: ScanStore; readonly library: RulesetLibrary; readonly now: () => number },
  by: Scan,
  read: CurrentRuleset,
): Promise<readonly Scan[]> {
  const cancelled: Scan[] = [];
  const sameCorpus = (scan: Scan) =>
    JSON.stringify([scan.buckets, scan.filter]) === JSON.stringify([by.buckets, by.filter]);
  const candidates = (await activeRetros(scans)).filter(
    (scan) =>
      !(scan.id === by.id || scan.full || !sameCorpus(scan) || scan.rulesetId === by.rulesetId) &&
      !(by.inventories.length > 0 && scan.inventories.length === 0),
  );
  const isKnown = ({ rulesetId }: Scan) => history(read).some((each) => each.rulesetId === rulesetId);
  // A ruleset that is not in the list was published since, or long before. Read after the scans, so
  // that the rulesets of all of them are there.
  const current = candidates.every(isKnown) ? read : ((await library.current()) ?? read);
  const numberOf = (scan: Scan) =>
    history(current).find(({ rulesetId }) => rulesetId === scan.rulesetId)?.sequence ?? 0;
  const at = new Date(now()).toISOString();
  for (const scan of candidates) {
    if (numberOf(scan) > numberOf(by)) continue;
    if (await scans.setState(scan.id, ['running', 'paused'], 'cancelled', { at, error: `${supersededBy}${by.id}` }))
      cancelled.push(scan);
  }
  return cancelled;
}

const moves = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused'], to: 'cancelled' },
} as const;

/**
 * Pauses, resumes or cancels one retro scan and touches no other; a preview can only be cancelled.
 * Moving to the current state changes nothing.
 * @throws RearviewError `ERR_NOT_FOUND`, `ERR_STATE` when the scan has ended, or cannot move from
 *   its state
 */
export async function moveRetro(scans: ScanStore, scanId: string, move: keyof typeof moves, at: string): Promise<Scan> {
  const scan = await getScan(scans, scanId);
  const { from, to } = moves[move];
  if (scan.kind !== 'retro' && !(scan.kind === 'preview' && move === 'cancel')) {
    throw new RearviewError('ERR_STATE', `${scanId} is not a retro scan; it cannot be ${to}.`);
  }
  if (scan.state === to) return scan;
  if (!(await scans.setState(scanId, [...from], to, { at }))) {
    const { state } = await getScan(scans, scanId);
    const way = finalStates.includes(state)
      ? `Start another with "rearview retro ${scan.kind === 'preview' ? 'preview' : 'start'}".`
      : `Only a scan that is ${from.join(' or ')} can.`;
    throw new RearviewError('ERR_STATE', `Scan ${scanId} is ${state}; it cannot ${move}. ${way}`);
  }
  return getScan(scans, scanId);
}

/** @throws RearviewError `ERR_NOT_FOUND` */
export async function getScan(scans: ScanStore, scanId: string): Promise<Scan> {
  const scan = await scans.get(scanId);
  if (scan === null)
    throw new RearviewError('ERR_NOT_FOUND', `Unknown scan ${scanId}: list the scans with "rearview retro list".`);
  return scan;
}
