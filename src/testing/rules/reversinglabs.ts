import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A checkout of https://github.com/reversinglabs/reversinglabs-yara-rules (MIT), where there is
 * one.
 */
export const reversinglabsRules = [process.env['REARVIEW_SHARED_DATA'], '../shared/data', '../../shared/data']
  .map((folder) => join(folder ?? '', 'reversinglabs-yara-rules'))
  .find((folder) => existsSync(folder));

/** To log by tests that are skipped without the checkout. */
export const withoutReversinglabsRules =
  'skipped: there is no checkout of the public ReversingLabs rules; name its parent in REARVIEW_SHARED_DATA';
