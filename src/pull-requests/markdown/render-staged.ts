import { plural } from '../../domain/text/amounts.ts';
import type { StagedProposal } from '../../gates/decide-staged.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import { list, paragraph, renderBlocks, table } from './blocks.ts';
import { code, type Html, html, nothing, words } from './html.ts';
import { verdictSign } from './verdict-sign.ts';

export interface StagedPlace {
  /** Effect of the pull request. */
  readonly kind: 'promote' | 'remove';
  /** The command line, up to the noun, as it reaches the target. */
  readonly rearview: string;
  readonly limits: ReviewConfig['staged'];
}

/**
 * Body of a pull request that promotes or removes a staged rule, with the evidence, as GitHub
 * Flavored Markdown. Text from outside is escaped.
 */
export function renderStaged(rule: StagedProposal, place: StagedPlace): string {
  return renderBlocks([
    html`<h3>${place.kind === 'promote' ? verdictSign('passed') : verdictSign('failed')} ${code(rule.rule)}</h3>`,
    ...standing(rule, place),
    evidence(rule, place),
    paragraph(expectation(rule, place)),
    ...examples(rule),
    paragraph(
      html`All matches: ${code(`${place.rearview} matches list --rule ${shellWord(rule.rule)}`)}. Logic ${code(rule.logicHash)}.`,
    ),
    paragraph(
      html`If this is closed without a merge, it is not proposed again for this logic. GitHub starts no checks for a pull request that a job opened: close and reopen it to start them.`,
    ),
  ]);
}

function standing({ decision }: StagedProposal, { kind, limits }: StagedPlace): readonly Html[] {
  const text =
    kind === 'promote'
      ? html`It was staged for ${words(days(limits.soakDays))} or longer, and matched no more than expected. Merging this removes ${code('status = "staged"')} from its meta: from then on its matches alert. Nothing else changes, so nothing is scanned again.`
      : html`It matched more than expected. Merging this removes the rule and its tests. Comments above the rule stay: remove them if they describe it. It may be better to make the rule narrower and stage it again.`;
  const isDue = decision === kind;
  return [
    ...(isDue
      ? []
      : [paragraph(html`${verdictSign('unknown')} <strong>Do not merge this now:</strong> ${outdated(decision)}`)]),
    paragraph(text),
  ];
}

function outdated(decision: StagedProposal['decision']): Html {
  if (decision === 'remove') return html`the rule now matches more than expected.`;
  return decision === 'promote' ? html`the rule is within its band again.` : html`the rule needs more time.`;
}

function evidence(rule: StagedProposal, { limits }: StagedPlace): Html {
  const rows = [
    [
      words('Staged since'),
      html`${code(rule.since)}, ${words(days(Math.floor(rule.soakedDays)))} of ${words(days(limits.soakDays))}`,
    ],
    [words('Matches since then'), matches(rule, rule.live)],
    [words('Objects that arrived'), html`${rule.arrivedObjects}`],
    [words('Matches within the band'), html`up to ${Math.floor(rule.band)} objects`],
    [words('Matches in earlier objects'), matches(rule, rule.retro)],
  ];
  return table([words(''), words('')], rows);
}

function matches({ isWhole }: StagedProposal, { contents, objects }: StagedProposal['live']): Html {
  const least = isWhole ? nothing : words('at least ');
  return html`${least}${words(plural(objects, 'object'))}, ${words(plural(contents, 'content'))}`;
}

function expectation({ rate }: StagedProposal, { limits }: StagedPlace): Html {
  const least = html`at least ${limits.leastHits}`;
  if (rate === null)
    return html`The band: no preview or retro scan shows what to expect, so it is ${limits.leastHits} objects.`;
  const times = words(String(limits.maxTimes));
  const found = html`${rate.hits} of ${words(plural(rate.objects, 'object'))} matched`;
  const share = html`The band: ${times} times the share that ${code(rate.scanId)} found (${found}) of the arriving objects; ${least} objects.`;
  return rate.from === 'preview'
    ? share
    : html`${share} The rule was not previewed: the matches of its retro scans are used instead.`;
}

function examples({ examples: all }: StagedProposal): readonly Html[] {
  if (all.length === 0) return [paragraph(html`It has not matched so far.`)];
  const items = all.map(({ sha256, filepath, firstSeenAt, lastSeenAt, objects }) => {
    return html`${code(filepath, 200)}: ${code(sha256)}, first seen ${code(firstSeenAt)}, last ${code(lastSeenAt)}, ${words(plural(objects, 'object'))}`;
  });
  return [paragraph(html`Matches, newest first:`), list(items)];
}

/** One word of a command to copy, quoted: a rule name may contain a command. */
function shellWord(text: string): string {
  return /^[\w./:][\w./:-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
