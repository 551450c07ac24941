import { formatBytes, formatCount, formatShare, plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { details, list, table } from './blocks.ts';
import { type Detail, leftOut, moreBelow, reasonsOf, shownOf, splitLead } from './detail.ts';
import { code, type Html, html, join, nothing, pre, words } from './html.ts';
import {
  alertingReasons,
  publicGoodwareCounts,
  viewAlertingPublic,
  viewPublicGoodware,
} from './public/view-public-goodware.ts';
import { ruleName } from './review-facts.ts';
import type { SectionView } from './section-view.ts';
import { viewHashes } from './view-hashes.ts';

type Goodware = SectionOf<'goodware'>;
type GoodwareRule = NonNullable<Goodware['byRule']>[number];

/** Matches of the changed rules on goodware, by rule. */
export function viewGoodware(section: Goodware, detail: Detail): SectionView {
  const { place, roots, rules, files, bytes, unscanned, failing, hits: matches, hashes, notes } = section;
  const byRule = section.byRule ?? byRuleOf(matches);
  const noisy = byRule.filter((each) => each.failing > 0);
  const excepted = byRule.reduce((sum, { covered }) => sum + covered, 0);
  const missed = hashes.filter(({ state }) => state === 'missed').length;
  const [first] = noisy;
  const found = [
    first === undefined
      ? 'no matches'
      : `${plural(noisy.length, 'rule matches', 'rules match')} ${formatCount(failing)} times, one of them ${shareOf(first, files)}`,
    ...(excepted === 0 ? [] : [`${formatCount(excepted)} by exception`]),
    ...(missed === 0 ? [] : [plural(missed, 'named hash', 'named hashes').concat(' missed')]),
  ].join(', ');
  const scanned = `${plural(rules, 'rule')} over ${plural(files, 'file')} (${formatBytes(bytes)})`;
  const [lead, folded] = splitLead(noisy, detail, section.verdict);
  return {
    title: html`Goodware ${code(place, 60)}`,
    line: words(`${scanned}: ${found}${section.public === undefined ? '' : publicGoodwareCounts(section.public)}`),
    reasons: reasonsOfGoodware(section, noisy, detail),
    lead: [
      viewNoisyBriefly(lead, section, detail),
      ...moreBelow(folded, lead),
      ...viewNewExceptions(lead, section, detail),
      ...viewAlertingPublic(section.public, detail),
    ],
    blocks: [
      viewNoisy(noisy, section, detail),
      ...leftOut(noisy, detail),
      ...viewNewExceptions(folded, section, detail),
      ...viewExcepted(matches, detail),
      ...(section.public === undefined ? [] : viewPublicGoodware(section.public, detail)),
      detail.items === 0 || roots.length === 0
        ? nothing
        : html`<p>Scanned: ${join(shownOf(roots, detail).map((each) => code(each)))}</p>`,
      list(shownOf(unscanned, detail).map((each) => html`${each.files} not scanned: ${code(each.reason)}`)),
      ...viewHashes(hashes, detail),
      list(shownOf(notes, detail).map((note) => code(note, detail.text))),
    ],
  };
}

/** `703 of 11,000 files, 6.39 %`. */
function shareOf({ failing }: GoodwareRule, files: number): string {
  return `${formatCount(failing)} of ${plural(files, 'file')}${files === 0 ? '' : `, ${formatShare(failing / files)}`}`;
}

function lines(parts: readonly Html[]): Html {
  return parts.length === 0 ? words('none') : html`${parts.map((each, at) => (at === 0 ? each : html`<br>${each}`))}`;
}

function reasonsOfGoodware(section: Goodware, noisy: readonly GoodwareRule[], detail: Detail): readonly Html[] {
  const reasons = [
    ...reasonsOf(
      noisy,
      detail,
      (each) => html`${ruleName(each.rule, detail)} matches ${words(shareOf(each, section.files))}`,
    ),
    ...alertingReasons(section.public, detail),
    ...reasonsOf(
      section.hashes.filter(({ state }) => state === 'missed'),
      detail,
      ({ rule, hash }) => html`${ruleName(rule, detail)} does not match ${code(hash)}, which its meta names`,
    ),
  ];
  // An unusable file of exceptions, or nothing to scan.
  return reasons.length > 0 ? reasons : reasonsOf(section.notes, detail, (note) => code(note, 200));
}

/** A row for each rule, as short as it can be understood. */
function viewNoisyBriefly(noisy: readonly GoodwareRule[], { files }: Goodware, detail: Detail): Html {
  const rows = noisy.map((each) => {
    const [string, ...strings] = each.strings;
    const [example] = each.examples;
    return [
      ruleName(each.rule, detail),
      words(shareOf(each, files)),
      string === undefined
        ? words('none')
        : html`${code(`${string.identifier}: ${string.data}`, 80)}${words(strings.length === 0 ? '' : ` and ${plural(strings.length, 'other')}`)}`,
      example === undefined ? nothing : code(example.path, 80),
    ];
  });
  return table(['rule', 'files', 'deciding string', 'first file'].map(words), rows);
}

function viewNoisy(noisy: readonly GoodwareRule[], { files }: Goodware, detail: Detail): Html {
  const rows = shownOf(noisy, detail).map((each) => [
    code(each.rule),
    words(shareOf(each, files)),
    lines(
      each.strings.map(({ identifier, files: count, data }) => html`${code(`${identifier}: ${data}`)} in ${count}`),
    ),
    lines(each.examples.map(({ path, sha256 }) => html`${code(path, detail.text)}<br>${code(sha256)}`)),
  ]);
  return table(['rule', 'files', 'deciding strings', 'examples'].map(words), rows);
}

/** Most exceptions to paste for a rule: of one that matches more, they would hide the fault. */
const maxExceptions = 12;

/** Most exceptions to paste that are seen at once. */
const maxSeen = 3;

/** The exceptions to paste: for the rules whose matches are few, and all listed. */
function viewNewExceptions(
  noisy: readonly GoodwareRule[],
  { hits, newExpiry = 'YYYY-MM-DD' }: Goodware,
  detail: Detail,
): readonly Html[] {
  if (noisy.length === 0 || detail.items === 0) return [];
  const entriesOf = ({ rule, failing, examples }: GoodwareRule) => {
    const listed = hits.filter((each) => each.rule === rule && each.exception === null);
    const files = listed.length === failing ? listed : examples;
    if (failing > maxExceptions || files.length !== failing) return [];
    return files.map(
      ({ path, sha256 }) =>
        `# ${JSON.stringify(path)}\n- rule: ${JSON.stringify(rule)}\n  sha256: ${sha256}\n  reason: # why this match is acceptable\n  expires: ${newExpiry}`,
    );
  };
  const lists = shownOf(noisy, detail).map(entriesOf);
  const entries = lists.flat();
  const many = noisy.length - lists.filter((list) => list.length > 0).length;
  const text = pre(entries.join('\n'), 40 * detail.text);
  const subject = plural(entries.length, 'exception');
  return [
    ...(many <= 0
      ? []
      : [
          html`<p>${words(plural(many, 'rule matches', 'rules match'))} too many files for exceptions: change the rule.</p>`,
        ]),
    ...(entries.length === 0
      ? []
      : entries.length <= maxSeen
        ? [html`<p>If the rule is right, paste ${words(subject)}:</p>${text}`]
        : [details(words(`If the rule is right: ${subject} to paste`), [text])]),
  ];
}

function viewExcepted(matches: Goodware['hits'], detail: Detail): readonly Html[] {
  const covered = matches.flatMap(({ exception, ...match }) => (exception === null ? [] : [{ ...match, exception }]));
  const groups = [...Map.groupBy(covered, ({ rule, exception }) => JSON.stringify([rule, exception])).values()].flatMap(
    ([first, ...others]) => (first === undefined ? [] : [{ first, count: others.length + 1 }]),
  );
  const rows = shownOf(groups, detail).map(({ first: { rule, path, exception }, count }) => [
    code(rule),
    html`${code(path, detail.text)}${count === 1 ? nothing : html` and ${count - 1} more`}`,
    html`${code(exception.reason, detail.text)} until ${code(exception.expires)}`,
  ]);
  return [table(['rule', 'file', 'exception'].map(words), rows), ...leftOut(groups, detail)];
}

/** The rules of a section of an earlier version, as far as it lists their matches. */
function byRuleOf(matches: Goodware['hits']): readonly GoodwareRule[] {
  return [...Map.groupBy(matches, ({ rule }) => rule)].map(([rule, of]) => {
    const failing = of.filter(({ exception }) => exception === null);
    const examples = failing.slice(0, 3).map(({ path, sha256 }) => ({ path, sha256 }));
    return { rule, failing: failing.length, covered: of.length - failing.length, strings: [], examples };
  });
}
