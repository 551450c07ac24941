import { printOrWrite } from '../../src/testing/generated-section.ts';
import { costsPage } from './costs/page.ts';

/**
 * What the home in AWS costs, as tables of Markdown.
 * @param args `--write` puts them into docs/costs.md
 */
export async function tellCosts(...args: string[]): Promise<void> {
  await printOrWrite(costsPage, args);
}
