import type { SectionOf } from '../section.ts';
import type { Detail } from './detail.ts';
import { code, html, nothing, pre } from './html.ts';
import type { SectionView } from './section-view.ts';

/** Changes of an update of the stack. */
export function viewInfrastructure({ stack, text }: SectionOf<'infrastructure'>, detail: Detail): SectionView {
  return {
    title: html`Stack ${code(stack)}`,
    line: html`output of <code>pulumi preview</code>`,
    blocks: [detail.items === 0 ? nothing : html`<p>An update would do this:</p>${pre(text, detail.text * 20)}`],
  };
}
