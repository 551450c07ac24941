import { formatBytes, formatDuration, plural } from '../../domain/text/amounts.ts';
import { endOf, type ReasonCounts, type ScanReport, type ScanWork } from '../scan-report.ts';
import { details, list, paragraph, renderBlocks, table } from './blocks.ts';
import { formatDollars } from './format-dollars.ts';
import { code, type Html, html, link, words } from './html.ts';
import { verdictSign } from './verdict-sign.ts';

/** Characters, below what GitHub takes in a comment, with room for its marker. */
const maxLength = 60_000;
/** Rules, reasons, and characters of the name of each; of more the number is said. Names of rules can be long, and longer when they are escaped. */
const steps = [
  { items: 100, text: 300 },
  { items: 40, text: 120 },
  { items: 10, text: 60 },
] as const;
type Step = (typeof steps)[number];

export interface ScanReportPlace {
  /** The command line, up to the noun, as it reaches the target. */
  readonly rearview: string;
  /** Page of the run that speaks, with what it left behind; null outside of a workflow. */
  readonly runUrl: string | null;
}

/**
 * What came of a merge, as GitHub Flavored Markdown, for its pull request and the summary of the job. All that comes from outside is escaped. With as much
 * detail as fits into a comment.
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
  const sum = html`${sums.objects} objects = ${sums.scanned} scanned + ${sums.covered} covered before + ${sums.skipped} skipped + ${sums.failed} failed`;
  const again = html`What arrived before may lack these rules until another scan has completed: ${code(`${rearview} retro start`)}.`;
  switch (state) {
    case 'completed':
      return isOfAll(report)
        ? html`The corpus has been scanned with the rules of this merge: ${sum}.`
        : html`The corpus has been scanned, but not with all rules of this merge: ${sum}.`;
    case 'running':
      return html`The scan goes on; so far ${sum}${expected(report)}. This comment is brought up to date when it has ended.`;
    case 'paused':
      return html`The scan is paused; so far ${sum}${expected(report)}. It goes on after ${code(`${rearview} retro resume ${id}`)}.`;
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
          html`The ruleset in question is that of a later merge, ${code(laterCommit.slice(0, 12))}, which contains ${code(commit.slice(0, 12))}.`,
        ];
  const [first] = scans;
  if (scans.length < 2 || first === undefined) return later.map(paragraph);
  const steps = scans.slice(0, -1).map(({ id, sums }, at) => {
    const next = scans[at + 1];
    return html`${code(id)} had scanned ${sums.scanned} of ${sums.objects} objects when ${code(next?.id ?? '')} took over what it had left`;
  });
  return [
    ...later.map(paragraph),
    paragraph(
      html`While the scan ran another ruleset was put in force: its scan took over. New matches are those of all these scans.`,
    ),
    list(steps),
  ];
}

function dropped({ dropped: all }: ScanReport, { items, text }: Step): readonly Html[] {
  if (all === null) {
    return [paragraph(html`Whether the scan that took over had all rules of this merge cannot be told any more.`)];
  }
  if (all.length === 0) return [];
  const [count, more] = [words(plural(all.length, 'rule')), all.length - items];
  return [
    paragraph(
      html`<strong>${count} of this merge</strong> the scan that took over did not look for, as they had been taken back or changed by then:`,
    ),
    list(all.slice(0, items).map((rule) => html`${code(rule, text)}`)),
    ...(more > 0 ? [paragraph(html`And ${more} more.`)] : []),
  ];
}

function finds({ finds: all, isWhole }: ScanReport, { items, text }: Step): readonly Html[] {
  if (all.length === 0) return [paragraph(html`Nothing matched that had not matched before.`)];
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
    table([words('Rule'), words('New contents'), words('Objects that have them')], rows),
    ...(all.length > items ? [paragraph(html`And of ${all.length - items} more rules.`)] : []),
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
    runUrl === null
      ? []
      : [html`What was skipped and failed, object by object: an artifact of ${link(runUrl, words('this run'))}`];
  return details(html`Where to see more: ledger, matches`, [
    list([
      html`What became of each object: ${code(`${rearview} retro status ${id} --ledger`)}`,
      ...run,
      ...scans.map((each) => html`New matches: ${code(`${rearview} matches list --scan ${each.id}`)}`),
      html`Ruleset ${code(rulesetId)}`,
    ]),
  ]);
}
