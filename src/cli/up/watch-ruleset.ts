import { setTimeout as sleep } from 'node:timers/promises';
import type { RulesetLibrary } from '../../app/rulesets/ruleset-library.ts';
import { messageOf } from '../../domain/errors.ts';
import type { CurrentRuleset } from '../../domain/rulesets/ruleset.ts';
import type { Say } from './say.ts';

const pollMs = 500;

export interface WatchRulesetOptions {
  readonly library: Pick<RulesetLibrary, 'current'>;
  /** Whether this process made the ruleset of that number active, known once a publish that is under way is done. */
  readonly isOwn: (sequence: number) => Promise<boolean>;
  readonly say: Say;
  readonly signal: AbortSignal;
}

/**
 * Prints each change of the active ruleset by another process, for example a rollback, until the
 * signal.
 */
export async function watchRuleset({ library, isOwn, say, signal }: WatchRulesetOptions): Promise<void> {
  let known = (await library.current())?.sequence ?? 0;
  while (!signal.aborted) {
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    try {
      const current = await library.current();
      if (current === null || current.sequence === known) continue;
      if (!(await isOwn(current.sequence))) say('ruleset', describe(current, known));
      known = current.sequence;
    } catch (error) {
      say('problem', `Cannot read the active ruleset: ${messageOf(error)}`);
    }
  }
}

function describe({ rulesetId, sequence, returnsTo, commit }: CurrentRuleset, before: number): string {
  const how = returnsTo === null ? 'published' : `rolled back to number ${returnsTo}`;
  const of = commit === null ? '' : `, commit ${commit}`;
  return `${rulesetId.slice(0, 12)} ${how} by another process, number ${sequence} (before: ${before})${of}`;
}
