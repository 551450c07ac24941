import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { clip, clipList } from '../../pull-requests/clip.ts';
import { diffRulesets, type RuleChange, type RulesetDiff } from '../../rules/diff-rulesets.ts';
import type { Scope } from '../../rules/scope/compare-scope.ts';
import { formatCount, plural, safeText } from './output.ts';

/** Most characters of a rule's text on one line. */
const maxTextLength = 160;
const maxDependents = 8;

const scopeWords: Readonly<Record<Scope, string>> = {
  same: 'matches the same',
  broader: 'broader',
  narrower: 'narrower',
  unknown: 'scope unknown',
};

/** The changes between two rulesets: a line for each rule, then the sum. */
export function describeDiff(base: Ruleset | null, head: Ruleset): readonly string[] {
  return diffLines(diffRulesets(base, head));
}

/** The lines of a diff as text, without details. */
function diffLines(diff: RulesetDiff): readonly string[] {
  return [...diff.changes.map((change) => changeLine(change)), sumLine(diff)];
}

/** The lines of a diff with details: scope, texts before and after, and dependent rules. */
export function detailedDiffLines(diff: RulesetDiff): readonly string[] {
  return [...diff.changes.flatMap(detailedLines), ...leftOutLines(diff.leftOut), sumLine(diff)];
}

/** Those that were part of the base are among the removed rules. */
function leftOutLines({ changes }: RulesetDiff['leftOut']): readonly string[] {
  return changes
    .filter(({ was }) => was === 'unused')
    .map(({ kind, rule, reason }) => `! ${safeText(rule)} (${kind}: ${safeText(reason)})`);
}

function sumLine({ changes, unchanged, logicToScan, leftOut }: RulesetDiff): string {
  const scan =
    logicToScan.length === 0
      ? 'nothing to scan again'
      : `${plural(logicToScan.length, 'rule needs', 'rules need')} a retro scan`;
  const isLeftOut = leftOut.quarantined + leftOut.duplicates + leftOut.returned.length > 0;
  return `${plural(changes.length, 'change')}, ${formatCount(unchanged)} unchanged; ${scan}${isLeftOut ? `; ${leftOutSum(leftOut)}` : ''}`;
}

function leftOutSum({ quarantined, duplicates, changes, returned }: RulesetDiff['leftOut']): string {
  const newOf = (kind: string) => formatCount(changes.filter((each) => each.kind === kind).length);
  return [
    `public rules left out: ${formatCount(quarantined)} quarantined (${newOf('quarantined')} new)`,
    plural(duplicates, 'duplicate').concat(` (${newOf('duplicate')} new)`),
    ...(returned.length === 0 ? [] : [`${formatCount(returned.length)} used again`]),
  ].join(', ');
}

function detailedLines(change: RuleChange): readonly string[] {
  const texts = change.kind === 'logic' ? change.texts : [];
  const { shown, omitted } = clipList(change.dependents, maxDependents);
  const others = omitted > 0 ? ` and ${plural(omitted, 'other')}` : '';
  return [
    changeLine(change, change.kind === 'logic' ? ` (${scopeWords[change.scope]})` : ''),
    ...texts.flatMap(({ part, before, after }) => [
      ...(before === null ? [] : [textLine('-', part, before)]),
      ...(after === null ? [] : [textLine('+', part, after)]),
    ]),
    ...(shown.length > 0 ? [`    needed by ${shown.map(safeText).join(', ')}${others}`] : []),
  ];
}

function textLine(mark: string, part: string, text: string): string {
  return `    ${mark} ${safeText(part)}${part === 'condition' ? ':' : ' ='} ${safeText(clip(text, maxTextLength))}`;
}

function changeLine(change: RuleChange, scope = ''): string {
  const rule = safeText(change.rule);
  switch (change.kind) {
    case 'added':
      return `+ ${rule}`;
    case 'removed':
      return `- ${rule}${change.leftOut === undefined ? '' : ` (${change.leftOut.kind}: ${safeText(change.leftOut.reason)})`}`;
    case 'moved':
      return `> ${rule} (was ${safeText(change.from)}; same logic)`;
    case 'logic':
      return `~ ${rule}${scope}: ${safeText(change.what.join(', '))}`;
    case 'described':
      return `= ${rule}: ${safeText(change.what.join(', '))} (same logic)`;
  }
}
