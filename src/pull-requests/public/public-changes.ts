import type { RulesetDiff } from '../../rules/diff-rulesets.ts';
import { collectionOf, isVendored } from '../../rules/vendored.ts';
import { clip, clipList } from '../clip.ts';
import type { SectionOf } from '../section.ts';

type Sources = NonNullable<SectionOf<'diff'>['sources']>;
type Counts = Omit<Sources[number], 'source'>;

const maxSources = 200;
const maxLeftOut = 200;

/** The number of changes of public rules, by source; most changes first. A rule counts once. */
export function countsBySource({ changes, leftOut }: RulesetDiff): Sources {
  const counts = new Map<string, Record<keyof Counts, number>>();
  const add = (rule: string, what: keyof Counts) => {
    if (!isVendored(rule)) return;
    const source = collectionOf(rule);
    const of = counts.get(source) ?? { ...none };
    of[what] += 1;
    counts.set(source, of);
  };
  for (const each of changes) if (each.kind !== 'removed' || each.leftOut === undefined) add(each.rule, each.kind);
  for (const { rule, kind } of leftOut.changes) add(rule, kind === 'duplicate' ? 'duplicates' : 'quarantined');
  const sum = (each: Counts) => Object.values(each).reduce((total, count) => total + count, 0);
  return [...counts]
    .sort(([a, some], [b, others]) => sum(others) - sum(some) || (a < b ? -1 : 1))
    .slice(0, maxSources)
    .map(([source, each]) => ({ source: clip(source, 200), ...each }));
}

const none: Counts = { added: 0, removed: 0, logic: 0, described: 0, moved: 0, quarantined: 0, duplicates: 0 };

/** The public rules that are left out, as a part of the section; quarantined ones first. */
export function leftOutChanges({ leftOut }: RulesetDiff): NonNullable<SectionOf<'diff'>['leftOut']> {
  const quarantined = leftOut.changes.filter(({ kind }) => kind === 'quarantined');
  const duplicates = leftOut.changes.filter(({ kind }) => kind === 'duplicate');
  const { shown, omitted } = clipList([...quarantined, ...duplicates], maxLeftOut);
  return {
    ...{ quarantined: leftOut.quarantined, duplicates: leftOut.duplicates, returned: leftOut.returned.length, omitted },
    changes: shown.map(({ kind, rule, reason, was }) => ({
      ...{ kind, rule: clip(rule, 600), reason: clip(reason, 500), was },
    })),
  };
}
