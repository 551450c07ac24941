import type { GeneratedPage } from '../../src/testing/generated-section.ts';
import { renderDifferences } from '../../src/testing/rules/yara-differences.ts';
import { commandsPage } from './commands-page.ts';
import { configPage } from './config-page.ts';
import { costsPage } from './costs/costs-page.ts';

const rulesPage: GeneratedPage = {
  page: new URL('../../docs/reference/rules.md', import.meta.url),
  sections: { 'differences to YARA 4': renderDifferences() },
};

/** Every page of which a part is computed. */
export const generatedPages: readonly GeneratedPage[] = [commandsPage(), configPage, costsPage, rulesPage];
