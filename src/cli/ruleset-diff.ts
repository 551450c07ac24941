import type { Ruleset } from '../domain/ruleset.ts';
import { diffRulesets, type RuleChange, type RulesetDiff } from '../rules/diff-rulesets.ts';
import { formatCount, plural, safeText } from './output.ts';

/** What changed from one ruleset to the next: a line for each rule, then the sum. */
export function describeDiff(base: Ruleset | null, head: Ruleset): readonly string[] {
  return diffLines(diffRulesets(base, head));
}

/** The lines of a diff for people. */
export function diffLines({ changes, unchanged, logicToScan }: RulesetDiff): readonly string[] {
  const scan =
    logicToScan.length === 0
      ? 'nothing to scan again'
      : `${plural(logicToScan.length, 'rule')} to scan over what came before`;
  return [
    ...changes.map(changeLine),
    `${plural(changes.length, 'change')}, ${formatCount(unchanged)} unchanged; ${scan}`,
  ];
}

function changeLine(change: RuleChange): string {
  const rule = safeText(change.rule);
  switch (change.kind) {
    case 'added':
      return `+ ${rule}`;
    case 'removed':
      return `- ${rule}`;
    case 'moved':
      return `> ${rule} (was ${safeText(change.from)}; same logic)`;
    case 'logic':
      return `~ ${rule}: ${safeText(change.what.join(', '))}`;
    case 'described':
      return `= ${rule}: ${safeText(change.what.join(', '))} (same logic)`;
  }
}
