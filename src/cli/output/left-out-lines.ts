import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import { plural, safeText } from './output.ts';

/**
 * One line on the public rules that are not part of a ruleset; null if there are none. It names the
 * first that is quarantined.
 */
export function leftOutLine(leftOut: readonly LeftOutRule[]): string | null {
  if (leftOut.length === 0) return null;
  const quarantined = leftOut.filter(({ kind }) => kind === 'quarantined');
  const duplicates = leftOut.length - quarantined.length;
  const [first, ...others] = quarantined;
  const which =
    first === undefined ? '' : `${others.length === 0 ? ': ' : ', such as '}${nameOf(first)} (${first.reason})`;
  const counts = [
    ...(duplicates === 0 ? [] : [`${plural(duplicates, 'duplicate')} of other rules left out`]),
    ...(quarantined.length === 0 ? [] : [`${partsOf(quarantined)} quarantined${which}`]),
  ];
  return safeText(counts.join(', '));
}

/** The reason why a rules folder gives no rules, as a sentence. */
export function noRules(rulesDir: string, leftOut: readonly LeftOutRule[]): string {
  return leftOut.length === 0
    ? `There are no rules below ${rulesDir}.`
    : `All rules below ${rulesDir} are left out: "rearview rules check" lists the reasons.`;
}

/** A rule that is left out as one line, in the form of a diagnostic. */
export function leftOutNote({ kind, line, column, code, reason, ...each }: LeftOutRule, file: string): string {
  const rule = each.rule === null ? 'a part' : each.rule;
  const what = kind === 'quarantined' ? 'is quarantined' : 'is left out';
  return safeText(`${file}:${line}:${column}: note: ${rule} ${what}: ${reason} [${code}]`);
}

/** Texts that are no rules (an import, a rule without a valid name) are counted apart. */
function partsOf(quarantined: readonly LeftOutRule[]): string {
  const rules = quarantined.filter(({ rule }) => rule !== null).length;
  const others = quarantined.length - rules;
  if (others === 0) return plural(rules, 'public rule');
  return rules === 0
    ? `${plural(others, 'part')} of public rule files`
    : `${plural(rules, 'public rule')} and ${plural(others, 'other part')}`;
}

function nameOf({ namespace, rule }: LeftOutRule): string {
  return rule === null ? namespace : `${namespace}:${rule}`;
}
