import { formatCount, plural } from '../../../domain/text/amounts.ts';
import { collectionOf, isVendored } from '../../../rules/vendored.ts';
import type { SectionOf } from '../../section.ts';
import { details, table } from '../blocks.ts';
import { type Detail, leftOut, moreBelow, shownOf } from '../detail.ts';
import { code, type Html, html, join, nothing, words } from '../html.ts';

type Diff = SectionOf<'diff'>;
type Change = Diff['changes'][number];
type SourceCounts = NonNullable<Diff['sources']>[number];

/** Names of the counts, in the order in which they are shown. */
const countNames: Readonly<Record<Exclude<keyof SourceCounts, 'source'>, string>> = {
  added: 'added',
  removed: 'removed',
  logic: 'changed in logic',
  described: 'described differently',
  moved: 'moved',
  quarantined: 'quarantined',
  duplicates: 'left out for equal logic',
};
const names = Object.entries(countNames);

/** Returns whether a change is shown with those of its source, and not by itself. */
export function isPublicChange({ rule }: Pick<Change, 'rule'>): boolean {
  return isVendored(rule);
}

/** The sum of all sources, as words; empty if there is none. */
export function publicChangeCounts({ sources = [] }: Diff): string {
  if (sources.length === 0) return '';
  const sums = names.flatMap(([key, name]) => {
    const sum = sources.reduce((total, source) => total + countOf(source, key), 0);
    return sum === 0 ? [] : [`${formatCount(sum)} ${name}`];
  });
  return `public rules of ${plural(sources.length, 'source')}: ${sums.join(', ')}`;
}

/** The counts of each source, seen at once. */
export function viewSources({ sources = [] }: Diff, { facts, lead }: Detail): readonly Html[] {
  if (facts === undefined) return [];
  const rows = sources.slice(0, lead).map((source) => [code(source.source), countsOf(source)]);
  return [table(['source of public rules', 'changes'].map(words), rows), ...moreBelow(sources.slice(lead), rows)];
}

/** Changes of public rules, a folded table for each source. */
export function viewPublicChanges({ changes, sources = [] }: Diff, detail: Detail): readonly Html[] {
  if (detail.items === 0) return [];
  const bySource = Map.groupBy(changes.filter(isPublicChange), ({ rule }) => collectionOf(rule));
  // Each source gets its share, so that a large one does not hide the others.
  const share = { ...detail, items: Math.max(1, Math.floor(detail.items / Math.max(1, sources.length))) };
  const uncounted = [...bySource.keys()].filter((name) => sources.every(({ source }) => source !== name));
  return shownOf([...sources, ...uncounted.map((source) => ({ ...noCounts, source }))], detail).map((source) => {
    const listed = bySource.get(source.source) ?? [];
    const all = source.added + source.removed + source.logic + source.described + source.moved;
    const rows = shownOf(listed, share).map((change) => [
      words(kindNames[change.kind]),
      code(change.rule),
      noteOf(change, detail),
    ]);
    return details(html`${code(source.source)}: ${countsOf(source)}`, [
      table([words(''), words('rule'), words('')], rows),
      ...leftOut([], share, Math.max(0, all - rows.length)),
    ]);
  });
}

const noCounts = { added: 0, removed: 0, logic: 0, described: 0, moved: 0, quarantined: 0, duplicates: 0 };

const kindNames: Readonly<Record<Change['kind'], string>> = {
  added: 'added',
  removed: 'removed',
  logic: 'logic',
  described: 'description',
  moved: 'moved',
};

function noteOf({ scope, from, what }: Change, detail: Detail): Html {
  return join([
    ...(scope === null || scope === 'unknown' ? [] : [words(scope)]),
    ...(from === null ? [] : [html`was ${code(from)}`]),
    ...what.slice(0, 3).map((each) => code(each, Math.min(detail.text, 200))),
  ]);
}

function countsOf(source: SourceCounts): Html {
  const counts = names.flatMap(([key, name]) => {
    const count = countOf(source, key);
    return count === 0 ? [] : [`${formatCount(count)} ${name}`];
  });
  return words(counts.join(', '));
}

function countOf(source: SourceCounts, key: string): number {
  const found = Object.entries(source).find(([name]) => name === key)?.[1];
  return typeof found === 'number' ? found : 0;
}

/** Public rules that are not used any more, or are new and not used, with the reasons. */
export function viewLeftOutChanges({ leftOut: given }: Diff, detail: Detail): readonly Html[] {
  if (given === undefined || detail.items === 0) return [];
  const { quarantined, duplicates, returned, changes, omitted } = given;
  const sum = `${formatCount(quarantined)} quarantined and ${plural(duplicates, 'duplicate')} left out${returned === 0 ? '' : `, ${formatCount(returned)} used again`}`;
  const rows = shownOf(changes, detail).map(({ kind, rule, reason, was }) => [
    words(kind),
    code(rule),
    html`${was === 'used' ? words('was used; ') : nothing}${code(reason, detail.text)}`,
  ]);
  return [
    html`<p>Of all public rules, ${words(sum)}.</p>`,
    ...(rows.length === 0
      ? []
      : [
          details(html`New among them: ${changes.length + omitted}`, [
            table([words(''), words('public rule'), words('reason')], rows),
            ...leftOut(changes, detail, omitted),
          ]),
        ]),
  ];
}
