import type { PublishResult } from '../../app/rulesets/publish-ruleset.ts';
import type { RulesetLibrary } from '../../app/rulesets/ruleset-library.ts';
import { messageOf, RearviewError } from '../../domain/errors.ts';
import type { CurrentRuleset, PublishedRuleset, Ruleset } from '../../domain/rulesets/ruleset.ts';
import { formatCount, jsonLine, safeText } from './output.ts';
import { describeDiff } from './ruleset-diff.ts';

/** What is in force, on one line: id, number, commit where there is one, and how it came to be. */
export function publishedLine({ rulesetId, sequence, commit }: PublishedRuleset, state: string): string {
  const of = commit === null ? '' : `  commit ${commit}`;
  return safeText(`${rulesetId}  number ${formatCount(sequence)}${of}  ${state}`);
}

/** As `publishedLine`, as JSON. */
export function publishedJson({ earlier: _, ...current }: CurrentRuleset, state: string): string {
  return jsonLine({ state, ...current });
}

/** What changed from what was in force before: a line for each rule, then the sum. That the former ruleset cannot be read is no error any more. */
export async function changeLines(
  library: RulesetLibrary,
  before: PublishedRuleset | null,
  head: Ruleset,
): Promise<readonly string[]> {
  try {
    return describeDiff(before === null ? null : await library.get(before.rulesetId), head);
  } catch (error) {
    // What is in force has moved already.
    if (!(error instanceof RearviewError)) throw error;
    return [safeText(`What changed cannot be told, as the ruleset before cannot be read: ${messageOf(error)}`)];
  }
}

/** That it was not recorded since when staged rules are active, and what comes of that. */
export function stagedNotNotedText(why: string): string {
  return `Since when rules are staged was not recorded; the next publish does it: ${why}`;
}

/** What publishing did: `published`, or `active already`, with a word where the stored file was not as it should be. */
export function stateText({ state, current, before }: Pick<PublishResult, 'state' | 'current' | 'before'>): string {
  if (state !== 'unchanged') return state;
  if (before === null || before.fileSha256 === current.fileSha256) return 'active already';
  return 'active already; its file was stored again, since the stored one was damaged, replaced, or signed with another key';
}
