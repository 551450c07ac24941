import { hasCode, RearviewError } from '../../../domain/errors.ts';
import { engineModule } from '../../../engine/yara.ts';
import type { Home } from '../../../homes/home.ts';
import { plural } from '../../output.ts';
import { attempt, type Finding, fail, ok, warn } from '../finding.ts';

/** The ruleset in force is there, whole, and was made for this engine. */
export function checkRuleset({ library }: Pick<Home, 'library'>): Promise<Finding> {
  const check = 'ruleset';
  return attempt(check, async () => {
    const current = await library.current();
    if (current === null) return fail(check, 'none is published, so nothing is found: run "rearview publish".');
    const { id, rules, image = null, engine } = await library.get(current.rulesetId).catch(withPermission);
    const text = `${id.slice(0, 12)}, number ${current.sequence}, ${plural(rules.length, 'rule')}`;
    if (image?.engineSha256 === engineModule().sha256) return ok(check, text);
    const why = image === null ? 'has no image' : `has an image of another engine (${engine.name} ${engine.version})`;
    return warn(check, `${text}, ${why}: its rules are compiled at each start. "rearview publish" makes an image.`);
  });
}

/** The store does not tell reading from other steps. */
function withPermission(error: unknown): never {
  if (!hasCode(error, 'ERR_OBJECT_DENIED')) throw error;
  throw new RearviewError(error.code, `${error.message} It takes s3:GetObject there.`, { cause: error });
}
