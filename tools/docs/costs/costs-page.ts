import type { GeneratedPage } from '../../../src/testing/generated-section.ts';
import { costTables } from './cost-tables.ts';

/** The page of costs, with the tables that it should have. */
export const costsPage: GeneratedPage = {
  page: new URL('../../../docs/reference/costs.md', import.meta.url),
  sections: costTables(),
};
