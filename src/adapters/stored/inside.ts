import { z } from 'zod';
import { type Inside, type InsideSummary, notScannedReasons, type Place } from '../../domain/inside/inside.ts';
import type { MatchedMember } from '../../domain/scans/match.ts';

export const placeSchema: z.ZodType<Place> = z.array(z.string());

/** The fields of `MatchedInside` as stored. */
export const matchedInsideFields = {
  members: z
    .array(z.object({ place: placeSchema, sha256: z.string(), size: z.number() }) satisfies z.ZodType<MatchedMember>)
    .exactOptional(),
  membersTotal: z.number().exactOptional(),
  onlyInside: z.literal(true).exactOptional(),
};

const reason = z.enum(notScannedReasons);
const reasons = z.partialRecord(reason, z.number()) as z.ZodType<Inside['reasons']>;

/** The summary in an alert as stored. */
export const insideSummarySchema: z.ZodType<InsideSummary> = z.object({ scanned: z.number(), reasons });

/** What is inside an object as stored. */
export const insideSchema: z.ZodType<Inside> = z.object({
  scanned: z.number(),
  bytes: z.number(),
  formats: z.array(z.string()),
  notScanned: z.array(z.object({ place: placeSchema, reason, detail: z.string().exactOptional() })),
  reasons,
});
