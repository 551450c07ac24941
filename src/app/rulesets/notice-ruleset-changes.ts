import * as z from 'zod';
import { type NoticedRuleset, rulesetNotice } from '../../domain/rulesets/ruleset-notice.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import type { OperatorNotices } from '../../ports/operator-notices.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

/** Its own pointer: a role that may make a ruleset active needs no right to hide that. */
export const noticedPointer = 'ruleset/noticed';

const noticedSchema = z.object({ sequence: z.int().nonnegative(), rulesetId: z.string() });
const nothingYet: NoticedRuleset = { sequence: 0, rulesetId: '' };

export interface RulesetNoticesOptions {
  readonly library: Pick<RulesetLibrary, 'current'>;
  readonly pointers: PointerStore;
  readonly notices: OperatorNotices;
  /** Name of the stack, for the text. */
  readonly stack: string;
}

/**
 * Notifies operators of every change of the active ruleset since the last notice: one notice for
 * all of them. It is sent first and noted second, so a crash in between repeats the notice and
 * loses none. Returns whether one was sent.
 * @throws what the stores and the notices throw; then the next call tries again
 */
export async function noticeRulesetChanges(options: RulesetNoticesOptions): Promise<boolean> {
  const { library, pointers, notices, stack } = options;
  const stored = await pointers.get(noticedPointer);
  const noticed = stored === null ? null : parseNoticed(stored.value);
  const current = await library.current();
  const { sequence, rulesetId } = current ?? nothingYet;
  if (noticed?.sequence === sequence && noticed.rulesetId === rulesetId) return false;
  // Before the first publish there is nothing to notify of. Noting that makes the first publish a
  // change.
  const isNews = current !== null || noticed !== null;
  if (isNews) await notices.send(rulesetNotice({ noticed, current, stack }));
  const next: NoticedRuleset = { sequence, rulesetId };
  // Where another finisher was faster, it noted the same or more.
  await pointers.compareAndSet(noticedPointer, stored?.revision ?? null, JSON.stringify(next));
  return isNews;
}

/** A value that cannot be read counts as no notice: everything that is known is sent again. */
function parseNoticed(text: string): NoticedRuleset | null {
  try {
    return checkShape(noticedSchema, JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
