import { hasCode, RearviewError } from '../../domain/errors.ts';
import { engineSha256 } from '../../engine/module/engine-module.ts';
import type { Target } from '../../targets/target.ts';
import { plural } from '../output/output.ts';
import { attempt, type CheckResult, fail, ok, warn } from './check-result.ts';

/**
 * Checks that the active ruleset is complete, authentic, and built for this engine.
 * @param none the result if no ruleset is published. Default: a failed check
 */
export function checkRuleset(
  { library }: Pick<Target, 'library'>,
  none: CheckResult = noneInAws,
): Promise<CheckResult> {
  return attempt(check, async () => {
    const current = await library.current();
    if (current === null) return none;
    const { ruleset, distrust } = await library.inspect(current.rulesetId).catch(withPermission);
    const { id, rules, image = null, engine } = ruleset;
    const text = `${id.slice(0, 12)}, number ${current.sequence}, ${plural(rules.length, 'rule')}`;
    if (distrust?.kind === 'replaced') {
      return fail(
        check,
        `${text}, was replaced: ${distrust.why}. Find out which principal wrote it, then run "rearview publish". Until then its sources, which its id vouches for, are compiled at each start.`,
      );
    }
    if (distrust !== null) {
      return warn(
        check,
        `${text}, is not authentic: ${distrust.why}. Its sources are compiled at each start. "rearview publish" signs it.`,
      );
    }
    if (image?.engineSha256 === engineSha256()) return ok(check, `${text}, authentic`);
    const why = image === null ? 'has no image' : `has an image of another engine (${engine.name} ${engine.version})`;
    return warn(check, `${text}, ${why}: its rules are compiled at each start. "rearview publish" makes an image.`);
  });
}

const check = 'ruleset';
const noneInAws = fail(check, 'no ruleset is published, so nothing matches: run "rearview publish".');

/** On one machine `rearview up` publishes before it scans. */
export const noneOnThisMachine = ok(check, 'no ruleset is published yet: "rearview up" publishes one');

/** The error of the store does not name the missing permission. */
function withPermission(error: unknown): never {
  if (!hasCode(error, 'ERR_OBJECT_DENIED')) throw error;
  throw new RearviewError(error.code, `${error.message} Reading it needs s3:GetObject.`, { cause: error });
}
