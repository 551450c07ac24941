import { createHash } from 'node:crypto';
import { RearviewError } from '../domain/errors.ts';
import { type ObjectInfo, type ObjectRef, objectId } from '../domain/object.ts';
import { newScan, type Scan } from '../domain/scan.ts';
import { analyzeObject } from './analyze-object.ts';
import type { Analyzer } from './analyzer.ts';

/**
 * Analyzes an object that arrived, with the ruleset in force when it is done: where a ruleset came into force meanwhile, its retro scan may
 * have listed the object before this analysis left its record, or not at all, so the object is brought up to date here.
 *
 * @throws RearviewError what `analyzeObject` throws, and `ERR_NOT_FOUND` (retryable) while no ruleset is published
 */
export async function analyzeLive(
  analyzer: Analyzer,
  object: ObjectInfo,
  delivery: { readonly lastAttempt: boolean },
): Promise<void> {
  const scan = await liveScan(analyzer);
  for (let applied: string | null = null; ; ) {
    const current = await analyzer.library.current();
    if (current === null) {
      throw new RearviewError('ERR_NOT_FOUND', 'No ruleset is published yet: run "rearview publish".', {
        retryable: true,
      });
    }
    if (current.rulesetId === applied) return;
    const ruleset = await analyzer.library.get(current.rulesetId);
    const entry = await analyzeObject(analyzer, { object, ruleset, scan, lastAttempt: delivery.lastAttempt });
    await analyzer.scans.report(scan.id, [{ batchId: liveBatchId(object), entries: [entry] }]);
    applied = current.rulesetId;
  }
}

/** In the ledger of a live scan each object version is a batch of its own, however many messages speak of it. */
export function liveBatchId(object: ObjectRef): string {
  return createHash('sha256').update(objectId(object)).digest('hex').slice(0, 32);
}

/** The ledger of what arrived today (UTC). */
async function liveScan(analyzer: Analyzer): Promise<Scan> {
  const at = new Date(analyzer.now()).toISOString();
  const id = `live-${at.slice(0, 10)}`;
  const known = await analyzer.scans.get(id);
  if (known !== null) return known;
  const scan = newScan({
    id,
    kind: 'live',
    rulesetId: '',
    full: false,
    buckets: [],
    filter: {},
    createdAt: at,
    expected: null,
  });
  return (await analyzer.scans.create(scan, id)).scan;
}
