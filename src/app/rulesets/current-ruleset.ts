import * as z from 'zod';
import { commitPattern } from '../../domain/rulesets/commit.ts';
import { type CurrentRuleset, maxEarlierRulesets, type PublishedRuleset } from '../../domain/rulesets/ruleset.ts';
import { parseStored } from '../../domain/text/parse-stored.ts';

const published = {
  rulesetId: z.string(),
  fileSha256: z.string().regex(/^[0-9a-f]{64}$/),
  sequence: z.number(),
  publishedAt: z.string(),
  commit: z.string().regex(commitPattern).nullable(),
  firstCommit: z.string().regex(commitPattern).nullable(),
};

const currentSchema = z.object({
  ...published,
  returnsTo: z.number().nullable(),
  earlier: z.array(z.object(published)),
});

/** Reads the pointer `ruleset/current`. @throws RearviewError `ERR_STATE` */
export function parseCurrent(text: string): CurrentRuleset {
  return parseStored(currentSchema, text, 'pointer to the active ruleset');
}

/** The pointer after a ruleset becomes active, given the pointer now (null: nothing is active). */
export function followedBy(
  now: CurrentRuleset | null,
  next: Pick<CurrentRuleset, 'rulesetId' | 'fileSha256' | 'publishedAt' | 'commit' | 'firstCommit'> &
    Partial<Pick<CurrentRuleset, 'returnsTo'>>,
): CurrentRuleset {
  return {
    returnsTo: null,
    ...next,
    sequence: (now?.sequence ?? 0) + 1,
    earlier: now === null ? [] : [publishedAs(now), ...now.earlier].slice(0, maxEarlierRulesets),
  };
}

/** The active ruleset and the earlier ones that are known, newest first. */
export function history(current: CurrentRuleset): readonly PublishedRuleset[] {
  return [publishedAs(current), ...current.earlier];
}

/** The active ruleset and, after a rollback, the rulesets it replaced; newest first. */
export function activeOrRolledBack(current: CurrentRuleset): readonly PublishedRuleset[] {
  const { returnsTo } = current;
  return history(current).filter(({ sequence }, at) => at === 0 || (returnsTo !== null && sequence > returnsTo));
}

function publishedAs(ruleset: PublishedRuleset): PublishedRuleset {
  const { rulesetId, fileSha256, sequence, publishedAt, commit, firstCommit } = ruleset;
  return { rulesetId, fileSha256, sequence, publishedAt, commit, firstCommit };
}
