import { safeJson } from '../domain/text/safe-json.ts';
import type { RuleChange, RulesetDiff } from '../rules/diff-rulesets.ts';
import { clip, clipList } from './clip.ts';
import { maxSectionBytes, reviewSchema, type SectionOf } from './section.ts';

type Change = SectionOf<'diff'>['changes'][number];

const maxChanges = 300;
const maxName = 600;
/**
 * Bytes of all changes together. Changes beyond the limit are listed without texts, or only
 * counted.
 */
const maxChangeBytes = maxSectionBytes * 0.75;

/** Most important kinds first, because the space is limited. */
const ranks: Readonly<Record<RuleChange['kind'], number>> = { logic: 0, added: 1, removed: 2, moved: 3, described: 4 };

/** The changes of rules as a section of a review. */
export function diffSection({ changes, unchanged, logicToScan }: RulesetDiff): SectionOf<'diff'> {
  const ordered = changes.toSorted((a, b) => ranks[a.kind] - ranks[b.kind]).slice(0, maxChanges);
  const shown: Change[] = [];
  let bytes = 0;
  for (const each of ordered) {
    const whole = changeOf(each);
    const choices = [
      whole,
      { ...whole, texts: [], what: whole.what.slice(0, 5), dependents: whole.dependents.slice(0, 5) },
    ];
    const fitting = choices.find((choice) => bytes + sizeOf(choice) <= maxChangeBytes);
    if (fitting === undefined) break;
    bytes += sizeOf(fitting);
    shown.push(fitting);
  }
  return {
    schema: reviewSchema,
    section: 'diff',
    verdict: 'passed',
    changes: shown,
    omitted: changes.length - shown.length,
    unchanged,
    toScan: logicToScan.length,
  };
}

function changeOf(change: RuleChange): Change {
  const what = change.kind === 'added' || change.kind === 'removed' ? [] : change.what;
  const texts = change.kind === 'logic' ? change.texts : [];
  const clipText = (text: string | null) => (text === null ? null : clip(text, 2000));
  return {
    kind: change.kind,
    rule: clip(change.rule, maxName),
    from: change.kind === 'moved' ? clip(change.from, maxName) : null,
    scope: change.kind === 'logic' ? change.scope : null,
    what: clipList(what, 40).shown.map((each) => clip(each, 1000)),
    dependents: clipList(change.dependents, 50).shown.map((each) => clip(each, maxName)),
    texts: clipList(texts, 40).shown.map(({ part, before, after }) => ({
      part: clip(part, 200),
      before: clipText(before),
      after: clipText(after),
    })),
  };
}

/** Size in the indented file. */
function sizeOf(change: Change): number {
  return Buffer.byteLength(safeJson(change, 6));
}
