import { RearviewError } from '../../domain/errors.ts';
import type { CurrentRuleset } from '../../domain/rulesets/ruleset.ts';
import type { RulesetLibrary } from './ruleset-library.ts';

/**
 * The active ruleset.
 * @param options.retryable whether the error is worth another try. Default: no
 * @param options.or another way out, for the message: `name rules with --rules`
 * @throws RearviewError `ERR_NOT_FOUND` while no ruleset is published
 */
export async function activeRuleset(
  library: Pick<RulesetLibrary, 'current'>,
  { or, ...options }: { readonly retryable?: boolean; readonly or?: string } = {},
): Promise<CurrentRuleset> {
  const current = await library.current();
  if (current !== null) return current;
  const wayOut = or === undefined ? 'run "rearview publish" first' : `run "rearview publish", or ${or}`;
  throw new RearviewError('ERR_NOT_FOUND', `No ruleset is published yet: ${wayOut}.`, options);
}
