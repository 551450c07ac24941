import { formatCount } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { table } from './blocks.ts';
import type { Detail } from './detail.ts';
import { code, type Html, html, join, nothing, words } from './html.ts';
import { linkToPlace } from './place-of.ts';
import { ruleName } from './review-facts.ts';
import { verdictSign } from './verdict-sign.ts';

type Change = SectionOf<'diff'>['changes'][number];

const kinds: Readonly<Record<Change['kind'], string>> = {
  removed: 'removed',
  added: 'added',
  logic: 'changed',
  described: 'described',
  moved: 'moved',
};

/** Characters of a condition or string that a row shows. */
const maxText = 60;

/**
 * A row for each changed rule: what changed, what it matches in the corpus and what it costs.
 * Removed rules are above (`viewLost`).
 * @param changes those that are shown one by one
 */
export function viewChangedRules(changes: readonly Change[], detail: Detail): readonly Html[] {
  const { facts, lead } = detail;
  const listed = changes.filter(({ kind }) => kind !== 'removed');
  if (facts === undefined || lead === 0 || listed.length === 0) return [];
  const previewed = new Map(
    facts.sections.flatMap((each) => (each.section === 'preview' ? each.rules : [])).map((each) => [each.rule, each]),
  );
  const costs = new Map(
    facts.sections.flatMap((each) => (each.section === 'profile' ? each.rules : [])).map((each) => [each.rule, each]),
  );
  const rows = listed.slice(0, lead).map((change) => {
    const { rule, place, kind, scope } = change;
    const [matches, cost] = [previewed.get(rule), costs.get(rule)];
    const name = ruleName(rule, detail);
    return [
      words(kind === 'logic' && (scope === 'broader' || scope === 'narrower') ? scope : kinds[kind]),
      place === undefined ? name : linkToPlace(place, name, detail),
      viewWhat(change),
      matches === undefined ? nothing : words(`${formatCount(matches.before)} → ${formatCount(matches.now)}`),
      cost === undefined
        ? nothing
        : html`${words(`${Number(cost.times.toPrecision(3))} times`)}${cost.over && cost.staged !== true ? html` ${verdictSign('failed')}` : nothing}`,
    ];
  });
  const columns = ['', 'rule', 'change', 'matches', 'cost'].map(words);
  const used = columns.map((_, at) => at < 3 || rows.some((row) => row[at] !== nothing));
  const rest = listed.length - rows.length;
  return [
    table(
      columns.filter((_, at) => used[at]),
      rows.map((row) => row.filter((_, at) => used[at])),
    ),
    rest === 0 ? nothing : html`<p>${rest} more in the details below.</p>`,
  ];
}

/** The first change as text, or a sentence on it; of an added rule, what it is for. */
function viewWhat({ about, texts, what, from, kind }: Change): Html {
  if (kind === 'added' && about !== undefined) {
    const severity = about.severity === null ? words('no severity') : code(about.severity);
    const description = about.description === null ? nothing : html`: ${code(about.description, 2 * maxText)}`;
    return html`${severity}${words(about.isStaged ? ', staged' : '')}${description}`;
  }
  if (from !== null) return html`was ${code(from, 2 * maxText)}`;
  const [first, ...others] = texts;
  const more = others.length === 0 ? nothing : html`<br>${others.length} more`;
  if (first?.before != null && first.after !== null) {
    return html`${code(first.before, maxText)}<br>→ ${code(first.after, maxText)}${more}`;
  }
  return join(what.slice(0, 2).map((each) => code(each, 2 * maxText)));
}
