import type { SectionOf } from '../section.ts';
import type { Detail } from './detail.ts';
import { code, html, words } from './html.ts';
import type { SectionView } from './section-view.ts';

const names: Readonly<Record<SectionOf<'left'>['of'], string>> = {
  check: 'Rules compile',
  tests: 'Tests of the rules',
  diff: 'Changes',
  profile: 'Cost of the changed rules',
  goodware: 'Goodware',
  forecast: 'Forecast of the retro scan',
  preview: 'Retro preview',
  infrastructure: 'Infrastructure',
};

/** A part that was left out, and why. */
export function viewLeft({ of, why }: SectionOf<'left'>, detail: Detail): SectionView {
  return {
    title: words(names[of]),
    // Shown at every step of detail: the reason is the only content.
    line: html`not done: ${code(why, Math.max(160, detail.text))}`,
    blocks: [],
  };
}
