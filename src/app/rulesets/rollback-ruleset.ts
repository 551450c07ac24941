import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import type { CurrentRuleset, PublishedRuleset, Ruleset } from '../../domain/rulesets/ruleset.ts';
import { buildImage } from '../../engine/build-image.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { activeRuleset } from './active-ruleset.ts';
import { followedBy, history } from './current-ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

export interface RollbackOptions {
  /**
   * A number, an id, or at least the first 8 digits of one. Default: the ruleset that was active
   * before.
   */
  readonly to?: string | undefined;
  /** The ruleset that must be active now. Default: any. */
  readonly replaces?: string | undefined;
  readonly now: () => number;
}

export interface RollbackResult {
  /** False where the ruleset was active already; then at most its file was signed again. */
  readonly changed: boolean;
  readonly current: CurrentRuleset;
  readonly before: CurrentRuleset;
  readonly ruleset: Ruleset;
  /**
   * Why the ruleset, which needed a signature or a new image, was not signed: it is used from its
   * sources then. Null where it is authentic.
   */
  readonly notSigned: string | null;
}

/**
 * Makes an earlier ruleset active again, once it has been loaded in this engine: its image, or else
 * its sources, from which a new image is made. It must have been active: deltas of scans and
 * previews do not count. A second rollback without a name goes further back, never forward.
 * @throws RearviewError `ERR_NOT_FOUND` naming the known rulesets, `ERR_RULESET_UNUSABLE` where
 *   it cannot be read or loaded, with the way out, `ERR_CONFLICT` if another ruleset is active than
 *   `replaces`, or another process published meanwhile
 */
export async function rollbackRuleset(
  library: RulesetLibrary,
  { to, replaces, now }: RollbackOptions,
): Promise<RollbackResult> {
  const before = await activeRuleset(library);
  if (replaces !== undefined && before.rulesetId !== replaces) throw overtaken(before, `not ${replaces}`);
  const target = to === undefined ? theOneBefore(before) : named(before, to);
  const { ruleset, fileSha256, notSigned } = await readLoadable(library, target);
  const { rulesetId, commit, firstCommit, sequence } = target;
  const changed = rulesetId !== before.rulesetId;
  if (!changed && fileSha256 === before.fileSha256) return { changed, current: before, before, ruleset, notSigned };
  const publishedAt = new Date(now()).toISOString();
  const next = changed
    ? followedBy(before, { rulesetId, fileSha256, publishedAt, commit, firstCommit, returnsTo: sequence })
    : { ...before, fileSha256 };
  if (!(await library.moveCurrent(next, before))) {
    const other = await library.current();
    throw overtaken(other ?? before, `and was not when this began`);
  }
  return { changed, current: next, before, ruleset, notSigned };
}

/** The ruleset before the active one; after a rollback, the one before its target. */
function theOneBefore(current: CurrentRuleset): PublishedRuleset {
  const { rulesetId, returnsTo, earlier } = current;
  const found = earlier.find(
    (each) => each.rulesetId !== rulesetId && (returnsTo === null || each.sequence < returnsTo),
  );
  if (found === undefined) throw notThere(current, 'There is no ruleset before the active one');
  return found;
}

function named(current: CurrentRuleset, name: string): PublishedRuleset {
  const all = history(current);
  const fits = /^\d{1,7}$/.test(name)
    ? all.filter(({ sequence }) => sequence === Number(name))
    : all.filter(({ rulesetId }) => name.length >= 8 && rulesetId.startsWith(name.toLowerCase()));
  // The same ruleset may have been active twice: the last time counts.
  const [found] = fits;
  if (found === undefined) throw notThere(current, `No ruleset ${name} was active`);
  if (fits.some(({ rulesetId }) => rulesetId !== found.rulesetId)) {
    throw notThere(current, `Several rulesets begin with ${name}`);
  }
  return found;
}

function notThere(current: CurrentRuleset, what: string): RearviewError {
  const all = history(current).map(({ sequence, rulesetId }) => `${sequence} (${rulesetId.slice(0, 12)})`);
  return new RearviewError(
    'ERR_NOT_FOUND',
    `${what}. The rulesets, newest first, are ${all.join(', ')}; the first is active. To use any other, publish its commit.`,
  );
}

function overtaken({ rulesetId }: CurrentRuleset, why: string): RearviewError {
  return new RearviewError(
    'ERR_CONFLICT',
    `The active ruleset is ${rulesetId}, ${why}: another publisher changed it in between. Check "rearview ruleset list" and try again.`,
  );
}

/**
 * The ruleset, and the file that it is stored as: signed again where it is not authentic, or has no
 * image that loads here. A caller that may roll back but not sign does so all the same: the sources
 * are those that were published, whatever the rest of the file says.
 */
async function readLoadable(
  library: RulesetLibrary,
  target: PublishedRuleset,
): Promise<Pick<RollbackResult, 'ruleset' | 'notSigned'> & Pick<PublishedRuleset, 'fileSha256'>> {
  try {
    const { ruleset, fileSha256, distrust } = await library.inspect(target.rulesetId);
    if (distrust === null && (await loadsFromImage(ruleset))) return { ruleset, fileSha256, notSigned: null };
    const whole = { ...ruleset, image: await buildImage(ruleset.sources) };
    try {
      return { ruleset: whole, fileSha256: await library.putSigned(whole), notSigned: null };
    } catch (error) {
      if (!hasCode(error, 'ERR_SIGNING')) throw error;
      // A replaced file must remain distinguishable from the published one.
      const named = distrust?.kind === 'replaced' ? target.fileSha256 : fileSha256;
      return { ruleset: whole, fileSha256: named, notSigned: messageOf(error) };
    }
  } catch (error) {
    if (!hasCode(error, 'ERR_NOT_FOUND', 'ERR_RULESET_UNUSABLE', 'ERR_RULES_INVALID', 'ERR_RULES_TIMEOUT')) throw error;
    const commit = target.commit ?? 'COMMIT';
    throw new RearviewError(
      'ERR_RULESET_UNUSABLE',
      `Cannot make the ruleset ${target.sequence} (${target.rulesetId}) active again: ${messageOf(error)} Publish its rules from their commit instead: git checkout ${commit} -- rules rule-tests, then "rearview publish". The active ruleset stays.`,
      { cause: error },
    );
  }
}

/**
 * Whether this engine takes the image. Without it the sources are compiled, or do not compile,
 * which is thrown.
 */
async function loadsFromImage(ruleset: Ruleset): Promise<boolean> {
  let isRefused = (ruleset.image ?? null) === null;
  const onImageRefused = () => {
    isRefused = true;
  };
  const pool = createScanPool({ workers: 1, onImageRefused });
  try {
    await pool.warm(ruleset);
    return !isRefused;
  } finally {
    await pool.close();
  }
}
