import { RearviewError } from '../../domain/errors.ts';
import type { CurrentRuleset, PublishedRuleset, Ruleset } from '../../domain/rulesets/ruleset.ts';
import { activeOrRolledBack, followedBy } from './current-ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

/**
 * `published`; `unchanged`: the ruleset was already active, and at most its commit was noted;
 * `superseded`: the ruleset of a later commit is active, or was until it was rolled back, and
 * nothing was written.
 */
export type PublishState = 'published' | 'unchanged' | 'superseded';

export interface PublishResult {
  readonly state: PublishState;
  /** The ruleset that is active now. */
  readonly current: CurrentRuleset;
  /** The ruleset that was active before; null if none was. */
  readonly before: CurrentRuleset | null;
  /**
   * The ruleset of the commit, or of one that contains it, that was published before: active, or
   * rolled back. Null unless `superseded`.
   */
  readonly supersededBy: PublishedRuleset | null;
}

/** The commit that a ruleset was built from. */
export interface PublishedCommit {
  /** In full. */
  readonly sha: string;
  /**
   * Whether another commit is this one or contains it. For the commit of the active ruleset that
   * means that there is nothing to publish.
   * @throws RearviewError if that cannot be determined
   */
  isContainedIn(other: string): Promise<boolean>;
}

/**
 * Signs a ruleset, stores it and makes it active. With a commit it never goes back: however
 * publishers race, the latest commit's ruleset ends up active, as each compares its commit with
 * that of the very value that it replaces. Nor does it undo a rollback: rules that were rolled back
 * return only with a later commit.
 * @param options.replaces the ruleset that must be active now (null: none). Default: any
 * @throws RearviewError `ERR_CONFLICT` if another ruleset is active than `replaces`; as
 *   `RulesetLibrary.putSigned`, then nothing is published; what `commit.isContainedIn` throws
 */
export async function publishRuleset(
  library: RulesetLibrary,
  ruleset: Ruleset,
  options: { readonly now: () => number; readonly replaces?: string | null; readonly commit?: PublishedCommit },
): Promise<PublishResult> {
  const { replaces, commit } = options;
  let fileSha256: string | undefined;
  for (;;) {
    const before = await library.current();
    const isActive = before?.rulesetId === ruleset.id;
    const supersededBy = isActive && before.commit === commit?.sha ? null : await findLater(before, commit);
    if (before !== null && supersededBy !== null) {
      return { state: 'superseded', current: before, before, supersededBy };
    }
    if (!isActive && replaces !== undefined && (before?.rulesetId ?? null) !== replaces) {
      throw new RearviewError(
        'ERR_CONFLICT',
        `The active ruleset is ${before?.rulesetId ?? 'none'}, not ${replaces ?? 'none'}: another publisher changed it in between. Update your rules and publish again.`,
      );
    }
    fileSha256 ??= await library.putSigned(ruleset);
    const state = isActive ? 'unchanged' : 'published';
    const next = isActive
      ? sameOf(before, fileSha256, commit)
      : nextOf(before, { rulesetId: ruleset.id, fileSha256 }, options);
    if (next === before) return { state, current: before, before, supersededBy: null };
    if (await library.moveCurrent(next, before)) return { state, current: next, before, supersededBy: null };
  }
}

async function findLater(
  before: CurrentRuleset | null,
  commit: PublishedCommit | undefined,
): Promise<PublishedRuleset | null> {
  if (before === null || commit === undefined) return null;
  for (const each of activeOrRolledBack(before)) {
    if (each.commit !== null && (await commit.isContainedIn(each.commit))) return each;
  }
  return null;
}

/**
 * The active ruleset after its rules were published again. The commit becomes the later one, so that
 * a delayed publish of an earlier commit finds it. The file is the new one if the ruleset was signed
 * again, for example with an image for another engine.
 */
function sameOf(before: CurrentRuleset, fileSha256: string, commit: PublishedCommit | undefined): CurrentRuleset {
  const sha = commit?.sha ?? before.commit;
  return sha === before.commit && fileSha256 === before.fileSha256 ? before : { ...before, fileSha256, commit: sha };
}

function nextOf(
  before: CurrentRuleset | null,
  stored: Pick<CurrentRuleset, 'rulesetId' | 'fileSha256'>,
  { now, commit }: Parameters<typeof publishRuleset>[2],
): CurrentRuleset {
  const publishedAt = new Date(now()).toISOString();
  const sha = commit?.sha ?? null;
  return followedBy(before, { ...stored, publishedAt, commit: sha, firstCommit: sha });
}
