import { plural } from '../../../domain/text/amounts.ts';
import { bySource, ruleNames } from '../../public/public-goodware.ts';
import type { SectionOf } from '../../section.ts';
import { details, paragraph, table } from '../blocks.ts';
import { type Detail, leftOut, moreBelow, reasonsOf, shownOf, splitLead } from '../detail.ts';
import { code, type Html, html, join, words } from '../html.ts';
import { ruleName } from '../review-facts.ts';

type Public = NonNullable<SectionOf<'goodware'>['public']>;

/** Public rules that match goodware, folded by source. */
export function viewPublicGoodware({ matching, omitted }: Public, detail: Detail): readonly Html[] {
  if (detail.items === 0) return leftOut(matching, detail, omitted);
  const sources = bySource(matching);
  const share = { ...detail, items: Math.max(1, Math.floor(detail.items / Math.max(1, sources.length))) };
  return [
    ...shownOf(sources, detail).map(({ source, rules, alerting }) =>
      details(html`${code(source)}: ${words(stateCounts(alerting.length, rules.length - alerting.length))}`, [
        table(
          ['public rule', '', 'files', 'first file'].map(words),
          shownOf(rules, share).map(({ rule, state, files, path }) => [
            code(rule),
            words(state),
            html`${files}`,
            code(path, detail.text),
          ]),
        ),
        ...leftOut(rules, share),
        ...(alerting.length === 0 ? [] : [viewExclude(alerting)]),
      ]),
    ),
    ...leftOut([], detail, omitted),
  ];
}

/** The public rules that fail the gate, as reasons. */
export function alertingReasons(section: Public | undefined, detail: Detail): readonly Html[] {
  return reasonsOf(
    alertingOf(section),
    detail,
    ({ rule, files }) =>
      html`${ruleName(rule, detail)}, a public rule that alerts, matches ${words(plural(files, 'file'))}`,
  );
}

/** The public rules that fail the gate, seen at once. */
export function viewAlertingPublic(section: Public | undefined, detail: Detail): readonly Html[] {
  const [lead, folded] = splitLead(alertingOf(section), detail, 'failed');
  const rows = lead.map(({ rule, files, path }) => [code(rule), html`${files}`, code(path, detail.text)]);
  return [
    table(['public rule that alerts', 'files', 'first file'].map(words), rows),
    ...moreBelow(folded, lead),
    ...(folded.length > 0 || lead.length === 0 ? [] : [viewExclude(lead)]),
  ];
}

/** The change of `sources.yaml` that helps. */
function viewExclude(alerting: readonly { readonly rule: string }[]): Html {
  const names = join(ruleNames(alerting).map((name) => code(name)));
  return paragraph(html`To leave out those that alert, add to <code>rules.exclude</code> of the source: ${names}`);
}

function alertingOf(section: Public | undefined): Public['matching'] {
  return section?.matching.filter(({ state }) => state === 'alerts') ?? [];
}

/** The sum, for the line of the section; empty if no public rule matches. */
export function publicGoodwareCounts({ failing, staged }: Public): string {
  return failing + staged === 0 ? '' : `; public rules that match: ${stateCounts(failing, staged)}`;
}

function stateCounts(alerting: number, staged: number): string {
  const counts = [
    ...(alerting === 0 ? [] : [plural(alerting, 'alerting rule')]),
    ...(staged === 0 ? [] : [plural(staged, 'staged rule')]),
  ];
  return counts.join(', ');
}
