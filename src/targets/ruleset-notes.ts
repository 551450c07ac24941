import type { Observe } from '../app/pipeline/events.ts';
import type { Lack } from '../app/rulesets/place-ruleset.ts';
import type { RulesetLibraryOptions } from '../app/rulesets/ruleset-library.ts';
import type { Distrust } from '../rules/ruleset-file.ts';
import { imageRefused } from './image-refused.ts';

const short = (rulesetId: string) => rulesetId.slice(0, 12);

/** Returns the message about a stored ruleset that is not used unchanged. */
export function distrusted(rulesetId: string, { kind, why, dropped }: Distrust): string {
  const manifest = dropped.includes('manifest') ? ' Its list of rules does not match its sources: it was forged.' : '';
  const way =
    kind === 'replaced'
      ? 'It was replaced: find out who wrote it, then publish again.'
      : 'If it is active, "rearview publish" signs it.';
  return `The file of the ruleset ${short(rulesetId)} is not used as it is: ${why}.${manifest} Its sources, which match its id, are compiled instead, which takes longer. ${way}`;
}

const kept: Readonly<Record<Lack, string>> = {
  image: 'without an image for this engine',
  signature: 'without a signature',
};

/**
 * Returns the message about a stored ruleset that may not be written again, and lacks something.
 */
export function keptLacking(rulesetId: string, lack: Lack): string {
  return `The ruleset ${short(rulesetId)} is already stored ${kept[lack]}, and may not be written again. It is still used, but each function that starts compiles its sources, which takes longer, until rules change.`;
}

/** Reports all messages about stored rulesets as problems. */
export function rulesetNotes(
  observe: Observe,
): Required<Pick<RulesetLibraryOptions, 'onDistrusted' | 'onImageDamaged' | 'onKept'>> {
  const problem = (message: string) => observe({ type: 'problem', where: 'ruleset', message });
  return {
    onDistrusted: (rulesetId, distrust) => problem(distrusted(rulesetId, distrust)),
    onImageDamaged: (rulesetId, why) => problem(imageRefused(rulesetId, why)),
    onKept: (rulesetId, lack) => problem(keptLacking(rulesetId, lack)),
  };
}
