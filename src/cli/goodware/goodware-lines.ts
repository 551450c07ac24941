import { maxRuleExamples } from '../../pull-requests/goodware-section.ts';
import type { SectionOf } from '../../pull-requests/section.ts';
import { formatBytes, formatCount, formatShare, type Paint, plural, safeText, table } from '../output/output.ts';
import { publicGoodwareLines, publicSum } from './public-goodware-lines.ts';

type Goodware = SectionOf<'goodware'>;

/**
 * The result of a goodware scan as text: failing matches, excepted matches, hashes, notes, and the
 * sum.
 */
export function goodwareLines(section: Goodware, paint: Paint): readonly string[] {
  const { hits: matches, hashes, notes } = section;
  const failing = firstOfEach(matches.filter(({ exception }) => exception === null));
  const covered = matches.filter(({ exception }) => exception !== null);
  const checked = hashes.filter(({ state }) => state !== 'unchecked');
  return [
    ...(failing.length === 0
      ? []
      : [paint('red', 'Matches on goodware:'), matchTable(failing), ...restLines(section, failing)]),
    ...(covered.length === 0 ? [] : ['Matches with an exception:', exceptedTable(covered)]),
    ...(section.public === undefined ? [] : publicGoodwareLines(section.public, paint)),
    ...(checked.length === 0
      ? []
      : [
          'Hashes that the rules name:',
          table(
            ['rule', 'hash', ''],
            checked.map((each) => [each.rule, each.hash, each.state]),
          ),
        ]),
    ...notes.map((note) => `${paint('yellow', 'note')}: ${safeText(note)}`),
    sumLine(section, paint),
  ];
}

/** The first matches of each rule: one rule must not fill the screen. */
function firstOfEach(matches: Goodware['hits']): Goodware['hits'] {
  const seen = new Map<string, number>();
  return matches.filter(({ rule }) => {
    const count = (seen.get(rule) ?? 0) + 1;
    seen.set(rule, count);
    return count <= maxRuleExamples;
  });
}

/** The rules with more matches than are shown, with their share of the files. */
function restLines({ byRule = [], files }: Goodware, shown: Goodware['hits']): readonly string[] {
  return byRule.flatMap(({ rule, failing, strings }) => {
    if (failing <= shown.filter((each) => each.rule === rule).length) return [];
    const deciding = strings.map((each) => `${each.identifier} in ${formatCount(each.files)}`).join(', ');
    const share = `${formatCount(failing)} of ${plural(files, 'file')} (${formatShare(failing / files)})`;
    return [safeText(`${rule} matches ${share}${deciding === '' ? '' : `: ${deciding}`}`)];
  });
}

function matchTable(matches: Goodware['hits']): string {
  return table(
    ['rule', 'path', 'sha256', 'strings'],
    matches.map(({ rule, path, sha256, strings }) => [rule, path, sha256, strings.map(stringText).join(', ')]),
  );
}

function stringText({ identifier, offset, data }: Goodware['hits'][number]['strings'][number]): string {
  return `0x${offset.toString(16)} ${identifier} ${data.length > 40 ? `${data.slice(0, 40)}…` : data}`;
}

function exceptedTable(matches: Goodware['hits']): string {
  return table(
    ['rule', 'path', 'sha256', 'until', 'reason'],
    matches.map(({ rule, path, sha256, exception }) => [
      rule,
      path,
      sha256,
      exception?.expires ?? '',
      exception?.reason ?? '',
    ]),
  );
}

function sumLine(
  { place, rules, files, bytes, unscanned, hits: matches, omitted, failing, hashes, verdict, ...rest }: Goodware,
  paint: Paint,
): string {
  const left = unscanned.map((each) => `${formatCount(each.files)} ${safeText(each.reason)}`).join(', ');
  const inState = (state: string) => hashes.filter((each) => each.state === state).length;
  const covered = matches.length + omitted - failing;
  return [
    `${paint(verdict === 'passed' ? 'green' : 'red', verdict)}: ${plural(rules, 'rule')} over ${plural(files, 'file')} of ${safeText(place)} (${formatBytes(bytes)})`,
    `${plural(failing, 'match', 'matches')} without an exception`,
    ...(covered === 0 ? [] : [`${formatCount(covered)} excepted`]),
    ...(hashes.length === 0
      ? []
      : [`hashes: ${inState('matched')} matched, ${inState('missed')} missed, ${inState('unchecked')} unchecked`]),
    ...(rest.public === undefined ? [] : [publicSum(rest.public)]),
    ...(left === '' ? [] : [`not scanned: ${left}`]),
  ].join('; ');
}
