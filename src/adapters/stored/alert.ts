import { z } from 'zod';
import { type Alert, alertSchema } from '../../domain/alerts/alert.ts';
import { parseStored } from '../../domain/text/parse-stored.ts';
import { insideSummarySchema, matchedInsideFields, placeSchema } from './inside.ts';
import { uploaderSchema } from './uploader.ts';

const alert: z.ZodType<Alert> = z.object({
  schema: z.literal(alertSchema),
  id: z.string(),
  reason: z.enum(['new_match', 'new_object']),
  at: z.string(),
  rule: z.object({
    id: z.string(),
    namespace: z.string(),
    name: z.string(),
    tags: z.array(z.string()),
    meta: z.array(z.object({ identifier: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })),
    severity: z.string(),
    logicHash: z.string(),
  }),
  strings: z.array(
    z.object({
      ...{ identifier: z.string(), place: placeSchema.exactOptional() },
      ...{ offset: z.number(), length: z.number(), data: z.string() },
    }),
  ),
  stringsTotal: z.number().exactOptional(),
  ...matchedInsideFields,
  file: z.object({
    sha256: z.string(),
    md5: z.string(),
    size: z.number(),
    scannedBytes: z.number().exactOptional(),
    inside: insideSummarySchema.exactOptional(),
    filepath: z.string(),
    filename: z.string(),
  }),
  object: z.object({
    ...{ bucket: z.string(), key: z.string(), version: z.string(), arrivedAt: z.string() },
    uploadedBy: uploaderSchema.exactOptional(),
  }),
  scan: z.object({ id: z.string(), kind: z.enum(['live', 'retro']) }),
  ruleset: z.object({ id: z.string() }),
});

/**
 * An alert as stored, in JSON.
 * @throws RearviewError `ERR_STATE`
 */
export function decodeAlert(text: unknown): Alert {
  return parseStored(alert, text, 'alert');
}
