import { configTable } from '../../infra/config/config-table.ts';
import type { GeneratedPage } from '../../src/testing/generated-section.ts';

/** The index of settings, with the table of keys of the stack. */
export const configPage: GeneratedPage = {
  page: new URL('../../docs/reference/configuration.md', import.meta.url),
  sections: { configuration: configTable() },
};
