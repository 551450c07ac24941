import { formatBytes, formatCount, formatDuration, formatShare, plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { details, list, table } from './blocks.ts';
import { type Detail, leftOut, moreBelow, reasonsOf, shownOf, splitLead } from './detail.ts';
import { formatDollars } from './format-dollars.ts';
import { code, type Html, html, nothing, words } from './html.ts';
import type { SectionView } from './section-view.ts';
import { viewHashes } from './view-hashes.ts';
import { viewStrings } from './view-strings.ts';

type Preview = SectionOf<'preview'>;
type PreviewRule = Preview['rules'][number];

const kinds: Readonly<Record<PreviewRule['kind'], string>> = {
  added: 'added',
  removed: 'removed',
  logic: 'logic changed',
  moved: 'moved',
};

/** Matches of the changed rules in the corpus, compared with the rules before. */
export function viewPreview(section: Preview, detail: Detail): SectionView {
  const { scanId, state, error, sample, objects, scanned, excluded, rules, omitted, hashes, notes } = section;
  const sum = (count: (rule: PreviewRule) => number) => rules.reduce((total, rule) => total + count(rule), 0);
  const [gained, lost] = [sum((rule) => rule.gained), sum((rule) => rule.lost)];
  const part = sample === 1 ? 'the whole corpus' : `a sample of ${formatShare(sample)} of the corpus`;
  const matches = `${plural(gained, 'new match', 'new matches')}, ${formatCount(lost)} lost`;
  const byIndex = excluded === 0 ? '' : `, ${formatCount(excluded)} excluded by the index`;
  const unfinished = state === 'completed' ? '' : `; it is ${state}, and has scanned ${plural(scanned, 'object')}`;
  const removed = rules.filter(({ kind, before }) => kind === 'removed' && before > 0);
  const lead = removed.length === 0 ? '' : `${removedText(removed)}; `;
  const silent = rules.filter(({ now, before }) => now + before === 0);
  const matching = rules.filter(({ now, before }) => now + before > 0);
  const [seen, folded] = splitLead(matching, detail, section.verdict);
  return {
    title: words('Retro preview'),
    line: words(`${lead}${matches}, in ${part} (${plural(scanned, 'object')} scanned${byIndex})${unfinished}`),
    reasons: reasonsOf(notes, detail, (note) => code(note, 300)),
    lead: [viewMatches(seen, section, detail), ...moreBelow(folded, seen)],
    blocks: [
      list(shownOf(notes, detail).map((note) => code(note, detail.text))),
      error === null || state !== 'failed' ? nothing : html`<p>It failed: ${code(error, detail.text)}</p>`,
      viewMatches(folded, section, detail),
      ...leftOut(folded, detail, omitted),
      ...viewSilent(silent, detail),
      ...shownOf(rules, detail).map((rule) => viewExamples(rule, detail)),
      ...viewHashes(hashes, detail),
      detail.items === 0
        ? nothing
        : list([
            html`scan ${code(scanId)}: ${objects} objects listed, ${scanned} scanned${words(byIndex)}`,
            ...viewReasons('skipped', section.skipped, detail),
            ...viewReasons('failed', section.failed, detail),
            ...viewAgainstForecast(section),
          ]),
      ...shownOf(section.failed, detail).map((each) => viewFailed(each, detail)),
    ],
  };
}

function viewMatches(rules: readonly PreviewRule[], { scanned, excluded }: Preview, detail: Detail): Html {
  const rows = shownOf(rules, detail).map((rule) => [
    html`${code(rule.rule)}<br>${words(kinds[rule.kind])}`,
    ...[rule.now, rule.before].map((count) => html`${count}`),
    withShare(rule.gained, scanned + excluded),
    html`${rule.lost}`,
    time(rule.firstSeen),
    time(rule.lastSeen),
  ]);
  return table(['rule', 'matches now', 'before', 'gained', 'lost', 'first seen', 'last seen'].map(words), rows);
}

function removedText(removed: readonly PreviewRule[]): string {
  const found = removed.reduce((sum, { before }) => sum + before, 0);
  const subject = plural(removed.length, 'removed rule matches', 'removed rules match');
  return `${subject} ${plural(found, 'object')} that would no longer be found`;
}

function withShare(count: number, of: number): Html {
  return count === 0 || of === 0 ? html`${count}` : html`${count}, ${words(formatShare(count / of))}`;
}

/** Rules without a match, now and before, folded: their rows have only zeros. */
function viewSilent(silent: readonly PreviewRule[], detail: Detail): readonly Html[] {
  if (silent.length === 0 || detail.items === 0) return [];
  const subject = plural(silent.length, 'changed rule matches', 'changed rules match');
  return [
    details(words(`${subject} nothing, now and before`), [
      list(shownOf(silent, detail).map(({ rule, kind }) => html`${code(rule)}, ${words(kinds[kind])}`)),
      ...leftOut(silent, detail),
    ]),
  ];
}

function viewExamples({ rule, examples }: PreviewRule, detail: Detail): Html {
  if (examples.length === 0) return nothing;
  const rows = shownOf(examples, detail).map(({ state, bucket, key, sha256, strings }) => [
    words(state),
    html`${code(`${bucket}/${key}`, detail.text)}<br>${code(sha256)}`,
    viewStrings(strings),
  ]);
  return html`<p>Examples of ${code(rule)}:</p>${table(['', 'file', 'strings'].map(words), rows)}`;
}

function viewReasons(what: string, reasons: Preview['skipped'], detail: Detail): readonly Html[] {
  return shownOf(reasons, detail).map(({ reason, objects }) => html`${objects} ${words(what)}: ${code(reason)}`);
}

function viewFailed({ reason, examples }: Preview['failed'][number], detail: Detail): Html {
  if (examples.length === 0) return nothing;
  const rows = shownOf(examples, detail).map(({ bucket, key, size, sha256, detail: why }) => [
    html`${code(`${bucket}/${key}`, detail.text)}${sha256 === null ? nothing : html`<br>${code(sha256)}`}`,
    words(formatBytes(size)),
    why === null ? nothing : code(why, detail.text),
  ]);
  return html`<p>Files that failed (${code(reason)}):</p>${table(['file', 'size', 'details'].map(words), rows)}`;
}

function viewAgainstForecast({ forecast, actual }: Preview): readonly Html[] {
  const amountsOf = ({ objects, bytes, ms, dollars }: NonNullable<Preview['forecast']>) => {
    const time = ms === null ? 'an unknown time' : formatDuration(ms);
    return words(`${plural(objects, 'object')}, ${formatBytes(bytes)}, ${time}, ${formatDollars(dollars)}`);
  };
  return [...(forecast === null ? [] : [html`forecast: ${amountsOf(forecast)}`]), html`actual: ${amountsOf(actual)}`];
}

/** The schema has checked the format. */
function time(iso: string | null): Html {
  return iso === null ? words('never') : words(iso.slice(0, 16).replace('T', ' '));
}
