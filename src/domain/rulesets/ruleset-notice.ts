import { replaceUnsafe } from '../text/unsafe-characters.ts';
import type { CurrentRuleset, PublishedRuleset } from './ruleset.ts';

/**
 * The ruleset of the last notice to operators; `sequence` is 0 before the first ruleset was
 * published.
 */
export interface NoticedRuleset {
  readonly sequence: number;
  readonly rulesetId: string;
}

/** The change of the active ruleset since the last notice to operators. */
export interface RulesetChanges {
  /** Null if no notice was ever sent. */
  readonly noticed: NoticedRuleset | null;
  /** Null if there is no active ruleset any more. */
  readonly current: CurrentRuleset | null;
  /** Name of the stack. */
  readonly stack: string;
}

/**
 * Composes the notice about changes of the active ruleset. It lists each change with its number,
 * id, commit and time, oldest first, and the ruleset it replaced. It also points out changes that
 * neither publish nor rollback can cause.
 */
export function rulesetNotice({ noticed, current, stack }: RulesetChanges): { subject: string; text: string } {
  if (current === null || isIrregular(noticed, current)) return irregularNotice({ noticed, current, stack });
  const all = [current, ...current.earlier];
  const since = noticed?.sequence ?? 0;
  const news = all.filter(({ sequence }) => sequence > since).toReversed();
  const oldest = news[0]?.sequence ?? current.sequence;
  const lines = news.flatMap((ruleset) => ['', ...changeLines(ruleset, current)]);
  return {
    subject: subjectOf(current),
    text: [
      `The active ruleset of ${clean(stack)} changed.`,
      ...(oldest > since + 1 ? ['', notListed(since + 1, oldest - 1)] : []),
      ...(noticed === null ? ['', 'This is the first notice; it lists every change on record.'] : []),
      ...lines,
      ...['', ...advice],
    ].join('\n'),
  };
}

/** Publish and rollback only increase the number, and never rewrite earlier rulesets. */
function isIrregular(noticed: NoticedRuleset | null, current: CurrentRuleset): boolean {
  if (noticed === null || noticed.sequence === 0) return false;
  if (current.sequence <= noticed.sequence) return true;
  const before = current.earlier.find(({ sequence }) => sequence === noticed.sequence);
  return before !== undefined && before.rulesetId !== noticed.rulesetId;
}

function irregularNotice({ noticed, current, stack }: RulesetChanges): { subject: string; text: string } {
  const before = noticed === null ? 'unknown' : `${noticed.sequence} (id ${clean(noticed.rulesetId)})`;
  return {
    subject: 'Rearview: the active ruleset changed, and not by publish or rollback',
    text: [
      `The active ruleset of ${clean(stack)} changed in a way that neither publish nor rollback can cause.`,
      'Its pointer in the table of scans was changed in another way: manually, by restoring the table, or by an attacker.',
      ...['', `before  ${before}`],
      ...(current === null ? ['now     no active ruleset'] : ['', ...changeLines(current, current)]),
      ...['', ...advice],
    ].join('\n'),
  };
}

function subjectOf({ sequence, returnsTo, earlier }: CurrentRuleset): string {
  const before = earlier[0] === undefined ? 'the first' : `before: ${earlier[0].sequence}`;
  return returnsTo === null
    ? `Rearview: ruleset ${sequence} is active (${before})`
    : `Rearview: rolled back to ruleset ${returnsTo}, active as ${sequence} (${before})`;
}

function changeLines(ruleset: PublishedRuleset, current: CurrentRuleset): readonly string[] {
  const { sequence, publishedAt } = ruleset;
  const before = current.earlier.find((each) => each.sequence < sequence);
  return [
    `Ruleset ${sequence}: ${howOf(ruleset, current)}`,
    `  when    ${clean(publishedAt)}`,
    ...namedLines(ruleset),
    ...(before === undefined
      ? ['  before  no ruleset']
      : [`  before  ruleset ${before.sequence}`, ...namedLines(before).map((line) => `        ${line}`)]),
  ];
}

/**
 * For the active ruleset, the pointer records whether it is a rollback. For earlier ones, their ids
 * show it.
 */
function howOf({ sequence, rulesetId }: PublishedRuleset, current: CurrentRuleset): string {
  if (sequence === current.sequence) {
    return current.returnsTo === null ? 'published' : `rolled back to ruleset ${current.returnsTo}`;
  }
  const same = current.earlier.find((each) => each.sequence < sequence && each.rulesetId === rulesetId);
  return same === undefined
    ? 'published'
    : `rolled back, or published again: the same rules as ruleset ${same.sequence}`;
}

function namedLines({ rulesetId, commit }: PublishedRuleset): readonly string[] {
  return [`  id      ${clean(rulesetId)}`, `  commit  ${commit === null ? 'none' : clean(commit)}`];
}

function notListed(first: number, last: number): string {
  const which = first === last ? `Change ${first} is` : `Changes ${first} to ${last} are`;
  return `${which} not listed: the pointer keeps only the latest rulesets.`;
}

const advice = [
  'If your team did not do this, run "rearview --target aws ruleset list" to see earlier rulesets and "rearview --target aws ruleset rollback" to make',
  'one of them active again. If data events of DynamoDB are logged, CloudTrail shows who wrote the item "pointer#ruleset/current".',
];

/** Escapes text from a table that other writers can change, because it ends up in emails. */
function clean(text: string): string {
  return replaceUnsafe(text.slice(0, 64), () => '?');
}
