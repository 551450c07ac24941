import * as z from 'zod';
import { type Inside, notScannedReasons, type Place } from '../../domain/inside/inside.ts';

export const placeSchema: z.ZodType<Place> = z.array(z.string());

const reason = z.enum(notScannedReasons);
const reasons = z.partialRecord(reason, z.number()) as z.ZodType<Inside['reasons']>;

/** What is inside an object as stored. */
export const insideSchema: z.ZodType<Inside> = z.object({
  scanned: z.number(),
  bytes: z.number(),
  formats: z.array(z.string()),
  notScanned: z.array(z.object({ place: placeSchema, reason, detail: z.string().exactOptional() })),
  reasons,
});
