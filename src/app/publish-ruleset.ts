import { RearviewError } from '../domain/errors.ts';
import type { CurrentRuleset, Ruleset } from '../domain/ruleset.ts';
import { followedBy } from './current-ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

/**
 * `published`; `unchanged`: the ruleset was in force already, of which at most the commit was noted down; `superseded`: that of a later commit is in force,
 * and nothing was written.
 */
export type PublishState = 'published' | 'unchanged' | 'superseded';

export interface PublishResult {
  readonly state: PublishState;
  /** What is in force now. */
  readonly current: CurrentRuleset;
  /** What was in force before; null where nothing was. */
  readonly before: CurrentRuleset | null;
}

/** The commit that a ruleset was built from. */
export interface PublishedCommit {
  /** In full. */
  readonly sha: string;
  /**
   * Whether another commit is this one or contains it. Of the commit in force that means that there is nothing to publish.
   * @throws RearviewError where that cannot be told
   */
  isContainedIn(other: string): Promise<boolean>;
}

/**
 * Stores a ruleset and puts it in force. With a commit it never goes back: however publishers race, the latest commit's ruleset ends in force, as each
 * compares its commit with that of the very value that it replaces.
 * @param options.replaces the ruleset that must be in force now (null: none); without it, whichever is
 * @throws RearviewError `ERR_CONFLICT` when another ruleset is in force than `replaces`; what `commit.isContainedIn` throws
 */
export async function publishRuleset(
  library: RulesetLibrary,
  ruleset: Ruleset,
  options: { readonly now: () => number; readonly replaces?: string | null; readonly commit?: PublishedCommit },
): Promise<PublishResult> {
  const { replaces, commit } = options;
  let isStored = false;
  for (;;) {
    const before = await library.current();
    const isInForce = before?.rulesetId === ruleset.id;
    if (before !== null && (await isSuperseded(before, commit)) && !(isInForce && before.commit === commit?.sha)) {
      return { state: 'superseded', current: before, before };
    }
    if (!isInForce && replaces !== undefined && (before?.rulesetId ?? null) !== replaces) {
      throw new RearviewError(
        'ERR_CONFLICT',
        `The ruleset in force is ${before?.rulesetId ?? 'none'}, not ${replaces ?? 'none'}: someone published in between. Bring your rules up to date and publish again.`,
      );
    }
    if (!isStored) await library.put(ruleset);
    isStored = true;
    const state = isInForce ? 'unchanged' : 'published';
    const next = isInForce ? sameOf(before, commit) : nextOf(before, ruleset, options);
    if (next === before) return { state, current: before, before };
    if (await library.moveCurrent(next, before)) return { state, current: next, before };
  }
}

async function isSuperseded(
  { commit: inForce }: CurrentRuleset,
  commit: PublishedCommit | undefined,
): Promise<boolean> {
  return commit !== undefined && inForce !== null && commit.isContainedIn(inForce);
}

/** Where the rules are those in force it is the commit alone that moves on: an earlier one that comes late must find it. */
function sameOf(before: CurrentRuleset, commit: PublishedCommit | undefined): CurrentRuleset {
  return commit === undefined || commit.sha === before.commit ? before : { ...before, commit: commit.sha };
}

function nextOf(
  before: CurrentRuleset | null,
  { id }: Ruleset,
  { now, commit }: Parameters<typeof publishRuleset>[2],
): CurrentRuleset {
  const publishedAt = new Date(now()).toISOString();
  return followedBy(before, { rulesetId: id, publishedAt, commit: commit?.sha ?? null });
}
