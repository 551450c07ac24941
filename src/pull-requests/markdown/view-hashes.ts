import type { SectionOf } from '../section.ts';
import { table } from './blocks.ts';
import { type Detail, leftOut, shownOf } from './detail.ts';
import { code, type Html, html, words } from './html.ts';

type MetaHash = SectionOf<'preview'>['hashes'][number];

const states: Readonly<Record<MetaHash['state'], string>> = {
  matched: 'matched',
  missed: 'missed: the file was scanned, and the rule does not match it',
  unchecked: 'unchecked: no such file was scanned',
};

/** The hashes that rules name in their meta, those that were missed first. */
export function viewHashes(hashes: readonly MetaHash[], detail: Detail): readonly Html[] {
  if (hashes.length === 0 || detail.items === 0) return [];
  const order = ['missed', 'unchecked', 'matched'];
  const sorted = [...hashes].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const rows = shownOf(sorted, detail).map(({ rule, hash, state }) => [code(rule), code(hash), words(states[state])]);
  return [
    html`<p>Hashes in the meta of the rules:</p>`,
    table(['rule', 'hash', 'result'].map(words), rows),
    ...leftOut(sorted, detail),
  ];
}
