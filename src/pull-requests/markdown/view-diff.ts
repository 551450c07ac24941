import { plural } from '../../domain/text/amounts.ts';
import { maxDetailedPublic } from '../diff-section.ts';
import type { SectionOf } from '../section.ts';
import { list } from './blocks.ts';
import { type Detail, leftOut, shownOf } from './detail.ts';
import { code, type Html, html, join, nothing, pre, words } from './html.ts';
import {
  isPublicChange,
  publicChangeCounts,
  viewLeftOutChanges,
  viewPublicChanges,
} from './public/view-public-changes.ts';
import type { SectionView } from './section-view.ts';

type Change = SectionOf<'diff'>['changes'][number];

const kinds: Readonly<Record<Change['kind'], string>> = {
  added: 'added',
  removed: 'removed',
  logic: 'changed in logic',
  described: 'only described differently',
  moved: 'only moved',
};

const scopes: Readonly<Record<NonNullable<Change['scope']>, string>> = {
  broader: 'broader: it matches everything it matched before, and possibly more',
  narrower: 'narrower: it matches nothing new',
  same: 'matches the same',
  unknown: 'broader or narrower: not known',
};

/** Changes of the rules since the base. */
export function viewDiff(section: SectionOf<'diff'>, detail: Detail): SectionView {
  const { omitted, unchanged, toScan } = section;
  // Few public rules are shown like our own.
  const isGrouped = section.changes.filter(isPublicChange).length > maxDetailedPublic;
  const changes = isGrouped ? section.changes.filter((each) => !isPublicChange(each)) : section.changes;
  const ofPublic = section.changes.length - changes.length;
  const counts = Object.entries(kinds).flatMap(([kind, name]) => {
    const count = section.changes.filter((change) => !isPublicChange(change) && change.kind === kind).length;
    return count === 0 ? [] : [`${plural(count, 'rule')} ${name}`];
  });
  const more = omitted === 0 ? [] : [plural(omitted, 'other change')];
  const own = [...counts, ...(section.sources === undefined ? more : [])].join(', ');
  const changed = [own, publicChangeCounts(section)].filter((each) => each !== '').join('; ') || 'no rule changed';
  return {
    title: words('Changes'),
    line: words(`${changed}; ${plural(toScan, 'rule')} to scan the corpus with`),
    blocks: [
      ...shownOf(changes, detail).flatMap((change) => viewChange(change, detail)),
      ...leftOut(changes, detail, ofPublic > 0 ? 0 : omitted),
      ...(isGrouped ? viewPublicChanges(section, detail) : []),
      ...viewLeftOutChanges(section, detail),
      detail.items === 0 ? nothing : html`<p>${unchanged} unchanged.</p>`,
    ],
  };
}

function viewChange(change: Change, detail: Detail): readonly Html[] {
  const { kind, rule, from, scope, what, dependents, texts } = change;
  const notes: readonly Html[] = [
    ...(from === null ? [] : [html`was ${code(from)}`]),
    ...(scope === null ? [] : [words(scopes[scope])]),
    ...shownOf(what, detail).map((sentence) => code(sentence, detail.text)),
    ...(dependents.length === 0
      ? []
      : [html`needed by ${join(shownOf(dependents, detail).map((each) => code(each)))}`]),
  ];
  return [
    html`<p><strong>${words(kinds[kind])}</strong> ${code(rule)}</p>`,
    list(notes),
    ...shownOf(texts, detail).map(({ part, before, after }) => {
      const lines = [...signed('-', before, detail.text), ...signed('+', after, detail.text)];
      return html`<p>${code(part)}</p>${pre(lines.join('\n'), 2 * detail.text + 200)}`;
    }),
  ];
}

function signed(sign: string, text: string | null, maxLength: number): readonly string[] {
  if (text === null) return [];
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)} …` : text;
  return shown.split(/\r?\n/).map((line) => `${sign} ${line}`);
}
