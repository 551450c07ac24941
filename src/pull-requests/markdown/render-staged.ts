import { plural } from '../../domain/text/amounts.ts';
import type { JudgedRule } from '../../gates/decide-staged.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import { list, paragraph, renderBlocks, table } from './blocks.ts';
import { code, type Html, html, nothing, words } from './html.ts';
import { verdictSign } from './verdict-sign.ts';

export interface StagedPlace {
  /** What the pull request would do. */
  readonly kind: 'promote' | 'remove';
  /** The command line, up to the noun, as it reaches the target. */
  readonly rearview: string;
  readonly limits: ReviewConfig['staged'];
}

/** What a pull request says that promotes or removes a staged rule, with the evidence, as GitHub Flavored Markdown. All that comes from outside is escaped. */
export function renderStaged(rule: JudgedRule, place: StagedPlace): string {
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
      html`Closed without being merged, this is not proposed again for this logic. Where no checks have started: GitHub starts none for a pull request that a job opened, until somebody closes and reopens it.`,
    ),
  ]);
}

function standing({ decision }: JudgedRule, { kind, limits }: StagedPlace): readonly Html[] {
  const text =
    kind === 'promote'
      ? html`It was staged for ${words(days(limits.soakDays))} and more, and hit no more than was to be expected. Merged, this takes ${code('status = "staged"')} out of its meta: from then on its matches alert. Nothing else of it changes, so nothing is scanned again.`
      : html`It hit more than was to be expected. Merged, this removes the rule and its tests. Comments above the rule stay: remove them as well where they speak of it. Better than removing it may be to make it narrower, and stage it anew.`;
  const isDue = decision === kind;
  return [
    ...(isDue
      ? []
      : [
          paragraph(
            html`${verdictSign('unknown')} <strong>By what is known now this is not to be merged:</strong> ${outdated(decision)}`,
          ),
        ]),
    paragraph(text),
  ];
}

function outdated(decision: JudgedRule['decision']): Html {
  if (decision === 'remove') return html`the rule hits more than was to be expected by now.`;
  return decision === 'promote' ? html`the rule is within its band again.` : html`the rule is to be watched on.`;
}

function evidence(rule: JudgedRule, { limits }: StagedPlace): Html {
  const rows = [
    [
      words('Staged since'),
      html`${code(rule.since)}, ${words(days(Math.floor(rule.soakedDays)))} of ${words(days(limits.soakDays))}`,
    ],
    [words('Hits in what arrived since'), hits(rule, rule.live)],
    [words('Objects that arrived'), html`${rule.arrivedObjects}`],
    [words('Hits that are within the band'), html`up to ${Math.floor(rule.band)} objects`],
    [words('Hits in what lay there'), hits(rule, rule.retro)],
  ];
  return table([words(''), words('')], rows);
}

function hits({ isWhole }: JudgedRule, { contents, objects }: JudgedRule['live']): Html {
  const least = isWhole ? nothing : words('at least ');
  return html`${least}${words(plural(objects, 'object'))}, ${words(plural(contents, 'content'))}`;
}

function expectation({ rate }: JudgedRule, { limits }: StagedPlace): Html {
  const least = html`at least ${limits.leastHits}`;
  if (rate === null)
    return html`The band: neither a preview nor a retro scan tells what is to be expected, so it is ${limits.leastHits} objects.`;
  const times = words(String(limits.maxTimes));
  const found = html`${rate.hits} of ${words(plural(rate.objects, 'object'))} hit`;
  const share = html`The band: of what arrives ${times} times the share that ${code(rate.scanId)} found, ${found}; ${least} objects.`;
  return rate.from === 'preview'
    ? share
    : html`${share} The rule was not previewed: the hits of its retro scans stand in for that.`;
}

function examples({ examples: all }: JudgedRule): readonly Html[] {
  if (all.length === 0) return [paragraph(html`It matched nothing so far.`)];
  const items = all.map(({ sha256, filepath, firstSeenAt, lastSeenAt, objects }) => {
    return html`${code(filepath, 200)}: ${code(sha256)}, first seen ${code(firstSeenAt)}, last ${code(lastSeenAt)}, ${words(plural(objects, 'object'))}`;
  });
  return [paragraph(html`What it matched, the newest first:`), list(items)];
}

/** One word of a command that somebody copies: the name of a file may be a command itself. */
function shellWord(text: string): string {
  return /^[\w./:][\w./:-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
