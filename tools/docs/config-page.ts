import { configTable } from '../../infra/config/config-table.ts';
import type { GeneratedPage } from '../../src/testing/generated-section.ts';

/** The operator's guide, with the table of keys that it should have. */
export const configPage: GeneratedPage = {
  page: new URL('../../docs/how-to/deploy-on-aws.md', import.meta.url),
  sections: { configuration: configTable() },
};
