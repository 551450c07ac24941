import { isStaged, metaText, ruleId } from '../domain/rulesets/rule.ts';
import type { Ruleset } from '../domain/rulesets/ruleset.ts';
import { safeJson } from '../domain/text/safe-json.ts';
import type { TestsOfRule } from '../rule-tests/tests-of-rules.ts';
import type { RuleChange, RulesetDiff } from '../rules/diff-rulesets.ts';
import { collectionOf, isVendored } from '../rules/vendored.ts';
import { clip, clipList } from './clip.ts';
import { countsBySource, leftOutChanges } from './public/public-changes.ts';
import { maxSectionBytes, reviewSchema, type SectionOf } from './section.ts';

type Change = SectionOf<'diff'>['changes'][number];

const maxChanges = 1000;
/** Public rules are listed with texts if no more of them changed. */
export const maxDetailedPublic = 20;
const maxName = 600;
/**
 * Bytes of all changes together. Changes beyond the limit are listed without texts, or only
 * counted.
 */
const maxChangeBytes = maxSectionBytes * 0.7;

/** Most important kinds first, because the space is limited. Lost detection is what nobody misses. */
const ranks: Readonly<Record<RuleChange['kind'], number>> = { removed: 0, logic: 1, added: 2, moved: 3, described: 4 };

/** Facts on the changed rules beyond their difference. */
export interface ChangedRules {
  readonly base: Ruleset | null;
  readonly head: Ruleset;
  /** Returns where a rule is in the repository, by its `namespace:name`; null if that is not known. */
  readonly placeOf: (rule: string) => NonNullable<Change['place']> | null;
  /** Returns the tests of an added rule; null if that is not known. */
  readonly testsOf: (rule: string) => TestsOfRule | null;
}

/** The changes of rules as a section of a review. Changed rules come before those that depend on them. */
export function diffSection(diff: RulesetDiff, rules: ChangedRules | null = null): SectionOf<'diff'> {
  const { changes, unchanged, logicToScan } = diff;
  const isPublic = ({ rule }: RuleChange) => isVendored(rule);
  const ranked = changes.toSorted(
    (a, b) => ranks[a.kind] - ranks[b.kind] || Number(isDependent(a)) - Number(isDependent(b)),
  );
  const addFacts = rules === null ? () => ({}) : factsOf(rules);
  const ofPublic = ranked.filter(isPublic);
  const isBrief = ofPublic.length > maxDetailedPublic;
  const ordered = [...ranked.filter((each) => !isPublic(each)), ...sourcesInTurns(ofPublic)].slice(0, maxChanges);
  const shown: Change[] = [];
  let bytes = 0;
  for (const each of ordered) {
    const whole = { ...changeOf(each), ...addFacts(each) };
    const brief = { ...whole, texts: [], what: whole.what.slice(0, 5), dependents: whole.dependents.slice(0, 5) };
    const choices = isBrief && isPublic(each) ? [brief] : [whole, brief];
    const fitting = choices.find((choice) => bytes + sizeOf(choice) <= maxChangeBytes);
    if (fitting === undefined) break;
    bytes += sizeOf(fitting);
    shown.push(fitting);
  }
  const sources = countsBySource(diff);
  const leftOut = leftOutChanges(diff);
  const { quarantined, duplicates, returned } = leftOut;
  return {
    schema: reviewSchema,
    section: 'diff',
    verdict: 'passed',
    changes: shown,
    omitted: changes.length - shown.length,
    unchanged,
    toScan: logicToScan.length,
    ...(sources.length === 0 ? {} : { sources }),
    ...(quarantined + duplicates + returned === 0 ? {} : { leftOut }),
  };
}

function changeOf(change: RuleChange): Change {
  const what = change.kind === 'added' || change.kind === 'removed' ? whyLeftOut(change) : change.what;
  const texts = change.kind === 'logic' ? change.texts : [];
  const clipText = (text: string | null) => (text === null ? null : clip(text, 2000));
  return {
    kind: change.kind,
    rule: clip(change.rule, maxName),
    from: change.kind === 'moved' ? clip(change.from, maxName) : null,
    scope: change.kind === 'logic' ? change.scope : null,
    what: clipList(what, 40).shown.map((each) => clip(each, 1000)),
    dependents: clipList(change.dependents, 50).shown.map((each) => clip(each, maxName)),
    ...(isDependent(change) ? { isDependent: true } : {}),
    texts: clipList(texts, 40).shown.map(({ part, before, after }) => ({
      part: clip(part, 200),
      before: clipText(before),
      after: clipText(after),
    })),
  };
}

/** Whether only a rule that it depends on was edited. */
function isDependent(change: RuleChange): boolean {
  return change.kind === 'logic' && change.cause === 'dependency' && change.what.length === change.dependencies.length;
}

function factsOf({
  base,
  head,
  placeOf,
  testsOf,
}: ChangedRules): (change: RuleChange) => Pick<Change, 'about' | 'place'> {
  const entries = new Map([...(base?.rules ?? []), ...head.rules].map((rule) => [ruleId(rule), rule]));
  return ({ kind, rule }) => {
    const entry = kind === 'added' || kind === 'removed' ? entries.get(rule) : undefined;
    const found = kind === 'removed' ? null : placeOf(rule);
    const tests = kind === 'added' ? testsOf(rule) : null;
    const [severity, description] = ['severity', 'description'].map((key) =>
      entry === undefined ? undefined : metaText(entry, key),
    );
    return {
      ...(entry === undefined
        ? {}
        : {
            about: {
              severity: severity === undefined ? null : clip(severity, 200),
              description: description === undefined ? null : clip(description, 1000),
              isStaged: isStaged(entry),
              ...(tests === null ? {} : { tests }),
            },
          }),
      ...(found === null ? {} : { place: { ...found, file: clip(found.file, 2048) } }),
    };
  };
}

function whyLeftOut(change: RuleChange): readonly string[] {
  if (change.kind !== 'removed' || change.leftOut === undefined) return [];
  return [`${change.leftOut.kind}: ${change.leftOut.reason}`];
}

/** The first change of each source, then the second of each: a large source must not hide the others. */
function sourcesInTurns(changes: readonly RuleChange[]): readonly RuleChange[] {
  const turns = new Map<string, number>();
  return changes
    .map((change) => {
      const source = collectionOf(change.rule);
      const turn = turns.get(source) ?? 0;
      turns.set(source, turn + 1);
      return { change, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ change }) => change);
}

/** Size in the indented file. */
function sizeOf(change: Change): number {
  return Buffer.byteLength(safeJson(change, 6));
}
