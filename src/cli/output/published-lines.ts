import type { PublishResult } from '../../app/rulesets/publish-ruleset.ts';
import type { RulesetLibrary } from '../../app/rulesets/ruleset-library.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { CurrentRuleset, PublishedRuleset, Ruleset } from '../../domain/rulesets/ruleset.ts';
import { formatCount, jsonLine, safeText } from './output.ts';
import { describeDiff } from './ruleset-diff.ts';

/** The active ruleset on one line: id, number, commit if there is one, and state. */
export function publishedLine({ rulesetId, sequence, commit }: PublishedRuleset, state: string): string {
  const of = commit === null ? '' : `  commit ${commit}`;
  return safeText(`${rulesetId}  number ${formatCount(sequence)}${of}  ${state}`);
}

/** The active ruleset as JSON on one line. */
export function publishedJson({ earlier: _, ...current }: CurrentRuleset, state: string): string {
  return jsonLine({ state, ...current });
}

/**
 * The changes from the ruleset before: a line for each rule, then the sum. An unreadable ruleset
 * before is not an error.
 */
export async function changeLines(
  library: RulesetLibrary,
  before: PublishedRuleset | null,
  head: Ruleset,
): Promise<readonly string[]> {
  try {
    return describeDiff(before === null ? null : await library.get(before.rulesetId), head);
  } catch (error) {
    // The new ruleset is already active.
    if (!(error instanceof RearviewError)) throw error;
    return [safeText(`Cannot show what changed: cannot read the ruleset before: ${messageOf(error)}`)];
  }
}

/** Message that the time since when rules are staged was not recorded. */
export function stagedNotNotedText(why: string): string {
  return `The time since when rules are staged was not recorded; the next publish records it: ${why}`;
}

/**
 * Result of publishing: `published`, or `active already` with a note if the stored file was
 * repaired.
 */
export function stateText({ state, current, before }: Pick<PublishResult, 'state' | 'current' | 'before'>): string {
  if (state !== 'unchanged') return state;
  if (before === null || before.fileSha256 === current.fileSha256) return 'active already';
  return 'active already; its file was stored again, because the stored one was damaged, replaced, or signed with another key';
}
