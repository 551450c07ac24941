import * as z from 'zod';
import { maxPreviewRules } from '../app/previews/preview-scans.ts';
import { RearviewError } from '../domain/errors.ts';
import type { PreviewLimits } from '../domain/scans/preview-limits.ts';
import { checkShape, describeIssues } from '../domain/text/check-shape.ts';
import { awsSettings } from './aws/aws-settings.ts';
import { readJson } from './read-json.ts';

const whole = (least: number, most: number) => z.int().min(least).max(most);

/** Limits of a stack without settings; infra/config/schema.ts has the same. */
const awsDefaults: PreviewLimits = {
  ...{ maxObjects: 200_000, maxRunning: 10, maxRules: maxPreviewRules, maxHours: 6, matchedBytes: false, within: null },
};
/** Locally no other users wait, and nothing costs money. */
const localDefaults: PreviewLimits = { ...awsDefaults, maxObjects: 10_000_000, maxRunning: 100, maxHours: 168 };

/** An object, or its JSON as a text. */
function limitsSchema(defaults: PreviewLimits) {
  const limits = z.strictObject({
    maxObjects: whole(1, 10_000_000).default(defaults.maxObjects),
    maxRunning: whole(0, 100).default(defaults.maxRunning),
    maxRules: whole(1, maxPreviewRules).default(defaults.maxRules),
    maxHours: whole(1, 168).default(defaults.maxHours),
    matchedBytes: z.boolean().default(defaults.matchedBytes),
    within: z
      .array(z.strictObject({ bucket: z.string().min(1), prefix: z.string().default('') }))
      .min(1, 'lists no part of the corpus: set maxRunning to 0 to turn off previews')
      .nullable()
      .default(null),
  });
  return z.preprocess(readJson, limits);
}

/** The setting `previews` of the AWS target. */
export const awsPreviewLimits = z.preprocess((value) => value ?? {}, limitsSchema(awsDefaults));

/**
 * Limits of previews on one machine: `REARVIEW_PREVIEWS`, if it is set, as JSON.
 * @throws RearviewError `ERR_CONFIG` for invalid limits
 */
export function localPreviewLimits(env: Readonly<Record<string, string | undefined>>): PreviewLimits {
  const text = env[awsSettings.previews];
  if (text === undefined || text === '') return localDefaults;
  const parsed = checkShape(limitsSchema(localDefaults), text);
  if (parsed.success) return parsed.data;
  throw new RearviewError('ERR_CONFIG', `Invalid ${awsSettings.previews}: ${describeIssues(parsed.error)}`);
}
