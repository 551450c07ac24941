import { formatBytes, formatCount, plural } from '../../domain/text/amounts.ts';
import type { SectionOf } from '../section.ts';
import { list, table } from './blocks.ts';
import { type Detail, leftOut, shownOf } from './detail.ts';
import { code, html, join, nothing, words } from './html.ts';
import { publicGoodwareCounts, viewPublicGoodware } from './public/view-public-goodware.ts';
import type { SectionView } from './section-view.ts';
import { viewHashes } from './view-hashes.ts';
import { viewStrings } from './view-strings.ts';

/** Matches of the changed rules on goodware. */
export function viewGoodware(section: SectionOf<'goodware'>, detail: Detail): SectionView {
  const { place, roots, rules, files, bytes, unscanned, failing, hits: matches, omitted, hashes, notes } = section;
  const excepted = matches.filter(({ exception }) => exception !== null).length;
  const missed = hashes.filter(({ state }) => state === 'missed').length;
  const found = [
    failing === 0 ? 'no matches' : plural(failing, 'match', 'matches'),
    ...(excepted === 0 ? [] : [`${formatCount(excepted)} by exception`]),
    ...(missed === 0 ? [] : [plural(missed, 'named hash', 'named hashes').concat(' missed')]),
  ].join(', ');
  const scanned = `${plural(rules, 'rule')} over ${plural(files, 'file')} (${formatBytes(bytes)})`;
  // Those that close the gate first.
  const sorted = [...matches].sort((a, b) => Number(a.exception !== null) - Number(b.exception !== null));
  const rows = shownOf(sorted, detail).map(({ rule, path, sha256, strings, exception }) => [
    code(rule),
    html`${code(path, detail.text)}<br>${code(sha256)}`,
    viewStrings(strings),
    exception === null ? words('none') : html`${code(exception.reason, detail.text)} until ${code(exception.expires)}`,
  ]);
  return {
    title: html`Goodware ${code(place)}`,
    line: words(`${scanned}: ${found}${section.public === undefined ? '' : publicGoodwareCounts(section.public)}`),
    blocks: [
      table(['rule', 'file', 'strings', 'exception'].map(words), rows),
      ...leftOut(matches, detail, omitted),
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
