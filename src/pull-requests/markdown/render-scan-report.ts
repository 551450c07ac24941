import { formatBytes, formatDuration, plural } from '../../domain/text/amounts.ts';
import { endOf, type ReasonCounts, type ScanReport, type ScanWork } from '../scan-report.ts';
import { details, list, paragraph, renderBlocks, table } from './blocks.ts';
import { formatDollars } from './format-dollars.ts';
import { code, type Html, html, link, words } from './html.ts';
import { verdictSign } from './verdict-sign.ts';

/** Characters, below what GitHub takes in a comment, with room for its marker. */
const maxLength = 60_000;
/**
 * Most rules, reasons and characters of names; the rest is counted. Names can be long, and longer
 * when escaped.
 */
const steps = [
  { items: 100, text: 300 },
  { items: 40, text: 120 },
  { items: 10, text: 60 },
] as const;
type Step = (typeof steps)[number];

export interface ScanReportPlace {
  /** The command line, up to the noun, as it reaches the target. */
  readonly rearview: string;
  /** Page of the reporting run with its artifacts; null outside of a workflow. */
  readonly runUrl: string | null;
}

/**
 * The report of a merge as GitHub Flavored Markdown, for its pull request and the job summary. Text
 * from outside is escaped. Has as much detail as fits into a comment.
 */
export function renderScanReport(report: ScanReport, place: ScanReportPlace): string {
  for (const step of steps) {
    const text = renderBlocks([
      html`<h3>${sign(report)} Retro scan of ${code(report.commit.slice(0, 12))}: ${words(endOf(report).state)}</h3>`,
      paragraph(summary(report, place)),
      ...takenOver(report),
      ...dropped(report, step),
      ...finds(report, step),
      ...reasons('Skipped', report.skipped, step),
      ...reasons('Failed', report.failed, step),
      work(report),
      whereToSee(report, place),
    ]);
    if (text.length <= maxLength) return text;
  }
  throw new RangeError('A report of a scan does not fit into a comment.');
}

function sign(report: ScanReport): Html {
  const { state, sums } = endOf(report);
  if (state === 'completed') return verdictSign(sums.failed === 0 && isOfAll(report) ? 'passed' : 'unknown');
  return state === 'running' || state === 'paused' ? words('…') : verdictSign('failed');
}

function summary(report: ScanReport, { rearview }: ScanReportPlace): Html {
  const { id, state, sums } = endOf(report);
  const sum = html`${sums.objects} objects = ${sums.scanned} scanned + ${sums.covered} covered before + ${sums.excluded} excluded by the index + ${sums.skipped} skipped + ${sums.failed} failed`;
  const again = html`Objects that arrived before may not have been scanned with these rules. Scan them: ${code(`${rearview} retro start`)}.`;
  switch (state) {
    case 'completed':
      return isOfAll(report)
        ? html`The corpus has been scanned with the rules of this merge: ${sum}.`
        : html`The corpus has been scanned, but not with all rules of this merge: ${sum}.`;
    case 'running':
      return html`The scan is running; so far ${sum}${expected(report)}. This comment is updated when it finishes.`;
    case 'paused':
      return html`The scan is paused; so far ${sum}${expected(report)}. Resume it with ${code(`${rearview} retro resume ${id}`)}.`;
    case 'failed':
      return html`<strong>The scan failed</strong>${why(report)}. So far ${sum}. ${again}`;
    case 'cancelled':
      return html`<strong>The scan was cancelled</strong>${why(report)}. So far ${sum}. ${again}`;
  }
}

function isOfAll({ dropped }: ScanReport): boolean {
  return dropped?.length === 0;
}

function expected({ expectedObjects }: ScanReport): Html {
  return expectedObjects === null ? words('') : html`, of about ${expectedObjects}`;
}

function why({ error }: ScanReport): Html {
  return error === null ? words('') : html`: ${code(error)}`;
}

function takenOver({ commit, laterCommit, scans }: ScanReport): readonly Html[] {
  const later =
    laterCommit === null
      ? []
      : [
          html`The ruleset is that of a later merge, ${code(laterCommit.slice(0, 12))}, which contains ${code(commit.slice(0, 12))}.`,
        ];
  const [first] = scans;
  if (scans.length < 2 || first === undefined) return later.map(paragraph);
  const steps = scans.slice(0, -1).map(({ id, sums }, at) => {
    const next = scans[at + 1];
    return html`${code(id)} had scanned ${sums.scanned} of ${sums.objects} objects when ${code(next?.id ?? '')} took over its remaining work`;
  });
  return [
    ...later.map(paragraph),
    paragraph(
      html`While the scan ran, another ruleset became active and its scan took over. New matches include all these scans.`,
    ),
    list(steps),
  ];
}

function dropped({ dropped: all }: ScanReport, { items, text }: Step): readonly Html[] {
  if (all === null) {
    return [paragraph(html`It is not known whether the scan that took over had all rules of this merge.`)];
  }
  if (all.length === 0) return [];
  const [count, more] = [words(plural(all.length, 'rule')), all.length - items];
  return [
    paragraph(
      html`<strong>${count} of this merge</strong> were not part of the scan that took over, because they had been reverted or changed:`,
    ),
    list(all.slice(0, items).map((rule) => html`${code(rule, text)}`)),
    ...(more > 0 ? [paragraph(html`And ${more} more.`)] : []),
  ];
}

function finds({ finds: all, isWhole }: ScanReport, { items, text }: Step): readonly Html[] {
  if (all.length === 0) return [paragraph(html`No new matches.`)];
  const contents = all.reduce((sum, each) => sum + each.contents, 0);
  const rows = all
    .slice(0, items)
    .map(({ rule, isStaged, contents: count, objects }) => [
      html`${code(rule, text)}${isStaged ? words(' (staged: no alert)') : words('')}`,
      html`${count}`,
      html`${objects}`,
    ]);
  const atLeast = isWhole ? words('') : words('at least ');
  return [
    paragraph(
      html`<strong>${atLeast}${words(plural(contents, 'new match', 'new matches'))}</strong>, of ${words(plural(all.length, 'rule'))}:`,
    ),
    table([words('Rule'), words('New contents'), words('Objects')], rows),
    ...(all.length > items ? [paragraph(html`And ${all.length - items} more rules.`)] : []),
  ];
}

function reasons(what: string, counts: ReasonCounts, { items, text }: Step): readonly Html[] {
  if (counts.length === 0) return [];
  const shown = counts.slice(0, items).map(({ reason, objects }) => html`${code(reason, text)}: ${objects}`);
  return [details(words(`${what}, by reason`), [list(shown)])];
}

function work({ forecast, actual, scans }: ScanReport): Html {
  const cells = ({ objects, bytes, ms, dollars }: ScanWork) => [
    html`${objects}`,
    words(formatBytes(bytes)),
    ms === null ? words('not known') : words(formatDuration(ms)),
    words(formatDollars(dollars)),
  ];
  const rows = [
    ...(forecast === null ? [] : [[words('Forecast'), ...cells(forecast)]]),
    [words(scans.length < 2 ? 'Actual' : 'Actual, of the last scan'), ...cells(actual)],
  ];
  return table([words(''), words('Objects to scan'), words('Bytes'), words('Time'), words('Cost, about')], rows);
}

function whereToSee(report: ScanReport, { rearview, runUrl }: ScanReportPlace): Html {
  const { id } = endOf(report);
  const { rulesetId, scans } = report;
  const run =
    runUrl === null ? [] : [html`Skipped and failed objects: an artifact of ${link(runUrl, words('this run'))}`];
  return details(html`More: ledger, matches`, [
    list([
      html`Outcome of each object: ${code(`${rearview} retro status ${id} --ledger`)}`,
      ...run,
      ...scans.map((each) => html`New matches: ${code(`${rearview} matches list --scan ${each.id}`)}`),
      html`Ruleset ${code(rulesetId)}`,
    ]),
  ]);
}
