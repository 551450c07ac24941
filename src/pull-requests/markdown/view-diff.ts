import { plural } from '../../domain/text/amounts.ts';
import { maxDetailedPublic } from '../diff-section.ts';
import type { SectionOf } from '../section.ts';
import { list } from './blocks.ts';
import { type Detail, leftOut, shownOf } from './detail.ts';
import { code, type Html, html, join, nothing, pre, words } from './html.ts';
import { linkToPlace } from './place-of.ts';
import {
  isPublicChange,
  publicChangeCounts,
  viewLeftOutChanges,
  viewPublicChanges,
  viewSources,
} from './public/view-public-changes.ts';
import type { SectionView } from './section-view.ts';
import { viewChangedRules } from './view-changed-rules.ts';
import { viewLost } from './view-lost.ts';

type Change = SectionOf<'diff'>['changes'][number];

const kinds: Readonly<Record<Change['kind'], string>> = {
  removed: 'removed',
  added: 'added',
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
  const listed = isGrouped ? section.changes.filter((each) => !isPublicChange(each)) : section.changes;
  const ofPublic = section.changes.length - listed.length;
  const named = new Set(listed.flatMap(({ dependents }) => dependents));
  // Rules that nobody edited are below the rule that changed them.
  const changes = listed.filter((each) => each.isDependent !== true || !named.has(each.rule));
  const dependents = section.changes.filter((each) => each.isDependent === true && !isPublicChange(each));
  const counts = Object.entries(kinds).flatMap(([kind, name]) => {
    const count = section.changes.filter(
      (change) => !isPublicChange(change) && change.kind === kind && change.isDependent !== true,
    ).length;
    return count === 0 ? [] : [`${plural(count, 'rule')} ${name}`];
  });
  const more = omitted === 0 ? [] : [plural(omitted, 'other change')];
  const follow = dependents.length === 0 ? [] : [dependentsText(dependents.length)];
  const own = [...counts, ...follow, ...(section.sources === undefined ? more : [])].join(', ');
  const changed = [own, publicChangeCounts(section)].filter((each) => each !== '').join('; ') || 'no rule changed';
  const seen = [...viewChangedRules(changes, detail), ...(isGrouped ? viewSources(section, detail) : [])];
  return {
    title: words('Changes'),
    line: words(`${changed}; ${plural(toScan, 'rule')} to scan the corpus with`),
    first: viewLost(changes, detail),
    lead: seen.length === 0 ? [] : [html`<h3>Changed rules</h3>`, ...seen],
    blocks: [
      ...shownOf(changes, detail).flatMap((change) => viewChange(change, detail)),
      ...leftOut(changes, detail, ofPublic > 0 ? 0 : omitted),
      ...(isGrouped ? viewPublicChanges(section, detail) : []),
      ...viewLeftOutChanges(section, detail),
      detail.items === 0 ? nothing : html`<p>${unchanged} unchanged.</p>`,
    ],
  };
}

function dependentsText(count: number): string {
  return `${plural(count, 'rule')} changed with a rule that ${count === 1 ? 'it needs' : 'they need'}`;
}

function viewChange(change: Change, detail: Detail): readonly Html[] {
  const { kind, rule, from, scope, what, dependents, texts, place } = change;
  const notes: readonly Html[] = [
    ...(from === null ? [] : [html`was ${code(from)}`]),
    ...viewAbout(change, detail),
    ...(scope === null ? [] : [words(scopes[scope])]),
    ...shownOf(what, detail).map((sentence) => code(sentence, detail.text)),
    ...(dependents.length === 0
      ? []
      : [html`needed by ${join(shownOf(dependents, detail).map((each) => code(each)))}`]),
  ];
  return [
    html`<p><strong>${words(kinds[kind])}</strong> ${place === undefined ? code(rule) : linkToPlace(place, code(rule), detail)}</p>`,
    list(notes),
    ...shownOf(texts, detail).map(({ part, before, after }) => {
      const lines = [...signed('-', before, detail.text), ...signed('+', after, detail.text)];
      return html`<p>${code(part)}</p>${pre(lines.join('\n'), 2 * detail.text + 200)}`;
    }),
  ];
}

/** Facts on an added or removed rule; its cost is that of the profile. */
function viewAbout({ rule, about, kind }: Change, { facts, text }: Detail): readonly Html[] {
  if (about === undefined) return [];
  const { severity, description, isStaged, tests } = about;
  const sections = facts?.sections ?? [];
  const costs = sections.flatMap((each) => (each.section === 'profile' ? each.rules : []));
  const cost = kind === 'added' ? costs.find((each) => each.rule === rule) : undefined;
  const untested = sections.some((each) => each.section === 'tests' && each.untested.includes(rule));
  const lacking = untested ? ['lacks a test'] : [];
  const tested = tests === undefined ? lacking : [testsText(tests), ...lacking];
  return [
    ...(description === null ? [] : [code(description, text)]),
    html`severity ${severity === null ? words('none') : code(severity)}, ${words(isStaged ? 'staged' : 'alerts')}`,
    ...(cost === undefined
      ? []
      : [words(`costs ${Number(cost.times.toPrecision(2))} times a rule with one plain text`)]),
    ...(tested.length === 0 ? [] : [words(tested.join(': '))]),
  ];
}

function testsText({ matching, others }: { readonly matching: number; readonly others: number }): string {
  if (matching + others === 0) return 'no tests';
  return `${plural(matching, 'test that matches', 'tests that match')}, ${others} that ${others === 1 ? 'does' : 'do'} not`;
}

function signed(sign: string, text: string | null, maxLength: number): readonly string[] {
  if (text === null) return [];
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)} …` : text;
  return shown.split(/\r?\n/).map((line) => `${sign} ${line}`);
}
