import { replaceUnsafe } from '../text/unsafe-characters.ts';
import type { CurrentRuleset, PublishedRuleset } from './ruleset.ts';

/** The ruleset that operators were last notified of; `sequence` 0 before the first was published. */
export interface NoticedRuleset {
  readonly sequence: number;
  readonly rulesetId: string;
}

/** How the active ruleset changed since operators were last notified. */
export interface RulesetChanges {
  /** Null where no notice was ever sent. */
  readonly noticed: NoticedRuleset | null;
  /** Null where there is no active ruleset any more. */
  readonly current: CurrentRuleset | null;
  /** Name of the stack. */
  readonly stack: string;
}

/**
 * The notice about changes of the active ruleset: each with its number, id, commit and time, oldest first, and the ruleset that it replaced. Changes that
 * neither publish nor rollback can make are named as such.
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
      ...(noticed === null ? ['', 'This is the first notice; it lists every change that is still known.'] : []),
      ...lines,
      ...['', ...advice],
    ].join('\n'),
  };
}

/** Publish and rollback only ever count up, and never rewrite what was active before. */
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
      'Its pointer in the table of scans was written by other means: by hand, by a restored table, or by an attacker.',
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

/** Of the active ruleset the pointer says whether it is a rollback; of earlier ones that follows from their ids alone. */
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
  return `${which} not listed: only the latest rulesets are kept with the pointer.`;
}

const advice = [
  'If nobody of your team did this: "rearview --target aws ruleset list" shows what was active, "rearview --target aws ruleset rollback" makes',
  'an earlier ruleset active again, and CloudTrail shows who wrote the item "pointer#ruleset/current" where data events of DynamoDB are logged.',
];

/** What comes from a table that others write to ends up in mails. */
function clean(text: string): string {
  return replaceUnsafe(text.slice(0, 64), () => '?');
}
