import type { SectionOf } from '../../pull-requests/section.ts';
import { formatBytes, formatCount, type Paint, plural, safeText, table } from '../output/output.ts';
import { publicGoodwareLines, publicSum } from './public-goodware-lines.ts';

type Goodware = SectionOf<'goodware'>;

/**
 * The result of a goodware scan as text: failing matches, excepted matches, hashes, notes, and the
 * sum.
 */
export function goodwareLines(section: Goodware, paint: Paint): readonly string[] {
  const { hits: matches, omitted, hashes, notes } = section;
  const failing = matches.filter(({ exception }) => exception === null);
  const covered = matches.filter(({ exception }) => exception !== null);
  const checked = hashes.filter(({ state }) => state !== 'unchecked');
  return [
    ...(failing.length === 0 ? [] : [paint('red', 'Matches on goodware:'), matchTable(failing)]),
    ...(covered.length === 0 ? [] : ['Matches with an exception:', exceptedTable(covered)]),
    ...(omitted === 0 ? [] : [`${plural(omitted, 'more match', 'more matches')} not listed.`]),
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
