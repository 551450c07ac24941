import { plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { table } from './blocks.ts';
import { type Detail, leftOut, moreBelow, reasonsOf, shownOf, splitLead } from './detail.ts';
import { code, type Html, html, words } from './html.ts';
import { placeOf } from './place-of.ts';
import type { SectionView } from './section-view.ts';

/** Result of compiling and linting. */
export function viewCheck(section: SectionOf<'check'>, detail: Detail): SectionView {
  const { files, rules, errors, warnings, known = 0, diagnostics, omitted } = section;
  const [lead, folded] = splitLead(diagnostics, detail, section.verdict);
  const tableOf = (some: typeof lead) =>
    table(
      [words(''), words('where'), words('what')],
      shownOf(some, detail).map((each) => [
        words(each.severity),
        placeOf(each, detail),
        html`${code(each.message, detail.text)} ${code(each.code)}`,
      ]),
    );
  const before = known === 0 ? '' : `, and ${plural(known, 'warning')} from before`;
  const found = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}${before}`;
  const foreign = section.leftOut;
  return {
    title: words('Rules compile'),
    line: words(
      `${plural(rules, 'rule')} in ${plural(files, 'file')}: ${found}${foreign === undefined ? '' : countsOf(foreign)}`,
    ),
    reasons: reasonsOf(diagnostics, detail, (each) => html`${placeOf(each, detail)} ${code(each.message, 160)}`),
    lead: [tableOf(lead), ...moreBelow(folded, lead)],
    blocks: [
      tableOf(folded),
      ...leftOut(folded, detail, omitted),
      ...(foreign === undefined ? [] : viewLeftOut(foreign, detail)),
    ],
  };
}

type LeftOutRules = NonNullable<SectionOf<'check'>['leftOut']>;

function countsOf({ quarantined, duplicates }: LeftOutRules): string {
  return `; of public rules, ${quarantined} quarantined and ${plural(duplicates, 'duplicate')} left out`;
}

function viewLeftOut({ rules, omitted }: LeftOutRules, detail: Detail): readonly Html[] {
  const rows = shownOf(rules, detail).map((each) => [
    code(each.rule, detail.text),
    placeOf(each, detail),
    html`${code(each.reason, detail.text)} ${code(each.code)}`,
  ]);
  return [
    table([words('public rule'), words('where'), words('not part of the ruleset, because')], rows),
    ...leftOut(rules, detail, omitted),
  ];
}
