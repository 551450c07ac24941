import * as z from 'zod';
import { check, diff, goodware, profile } from './rule-sections.ts';
import {
  amount,
  common,
  count,
  metaHash,
  name,
  path,
  place,
  previewString,
  reviewSchema,
  sentence,
  sha256,
  short,
  time,
} from './section-fields.ts';

export { reviewSchema };

/*
 * Results of the jobs of a pull request, a file for each section. Code that the pull request may
 * have changed writes them, and a workflow that trusts nothing reads them. Every text and every
 * list has a bound here, and the renderers escape them.
 */

/** Bytes. More than any section of these bounds that is not hostile. */
export const maxSectionBytes = 1024 * 1024;

/** Sections of a review. A section `left` replaces one that was left out. */
export const reviewSections = [
  'check',
  'tests',
  'diff',
  'profile',
  'goodware',
  'forecast',
  'preview',
  'infrastructure',
] as const;

const tests = z.object({
  ...common,
  section: z.literal('tests'),
  passed: count,
  failed: count,
  /** Public rules that lack a test that they match, or one that they do not. */
  untested: z.array(name).max(200),
  failures: z.array(z.object({ rule: name, test: name, message: sentence, ...place })).max(100),
  omitted: count,
});

const forecast = z.object({
  ...common,
  section: z.literal('forecast'),
  objects: count,
  bytes: count,
  dueObjects: count,
  dueBytes: count,
  coveredObjects: count,
  /** 0 in sections of earlier versions. */
  excludedObjects: count.default(0),
  otherObjects: count,
  rules: count,
  /** Milliseconds; null if no scan has measured the speed yet. */
  expectedMs: amount.nullable(),
  /** US dollars. */
  expectedCost: amount,
  /** Budget of the configuration; null if not set. */
  budget: z.object({ dollars: amount.nullable(), minutes: amount.nullable() }),
  /** Sentences on exceeded budgets. */
  over: z.array(sentence).max(4),
});

const example = z.object({
  bucket: short,
  key: path,
  sha256,
  /** Matched now and not before, before and not now, or both. */
  state: z.enum(['gained', 'lost', 'kept']),
  strings: z.array(previewString).max(4),
});

const reasons = z.array(z.object({ reason: short, objects: count })).max(20);

/** An object that was not scanned, with details beyond the reason. */
const unscanned = z.object({
  bucket: short,
  key: path,
  size: count,
  sha256: sha256.nullable(),
  detail: sentence.nullable(),
});

const preview = z.object({
  ...common,
  section: z.literal('preview'),
  scanId: short,
  /**
   * State of the scan. A scan that did not finish in time is `running`, with its figures so far.
   */
  state: z.enum(['running', 'paused', 'completed', 'cancelled', 'failed']),
  error: sentence.nullable(),
  /** The part of the corpus that was searched, 0 to 1. */
  sample: z.number().min(0).max(1),
  objects: count,
  scanned: count,
  /** Objects that the index excludes. 0 in sections of earlier versions. */
  excluded: count.default(0),
  skipped: reasons,
  failed: z.array(z.object({ reason: short, objects: count, examples: z.array(unscanned).max(5) })).max(20),
  rules: z
    .array(
      z.object({
        rule: name,
        kind: z.enum(['added', 'removed', 'logic', 'moved']),
        /** Matching objects, with the rules of this pull request and with those of its base. */
        now: count,
        before: count,
        gained: count,
        lost: count,
        /** Arrival of the first and last object that matches now; null if there is none. */
        firstSeen: time.nullable(),
        lastSeen: time.nullable(),
        examples: z.array(example).max(5),
      }),
    )
    .max(200),
  omitted: count,
  hashes: z.array(metaHash).max(300),
  forecast: z.object({ objects: count, bytes: count, ms: amount.nullable(), dollars: amount }).nullable(),
  actual: z.object({ objects: count, bytes: count, ms: amount, dollars: amount }),
  /** Sentences: why it did not begin or finish, which gate fails. */
  notes: z.array(sentence).max(20),
});

/** A part that was left out, and why: for example, nothing is scanned for a fork. */
const left = z.object({
  ...common,
  section: z.literal('left'),
  of: z.enum(reviewSections),
  why: sentence,
});

const infrastructure = z.object({
  ...common,
  section: z.literal('infrastructure'),
  /** Name of the stack that would be updated. */
  stack: short,
  /** Output of `pulumi preview`; a long output is cut in the middle. */
  text: z.string().max(40_000),
});

/** One section of a review, as a file holds it. */
export const reviewSectionSchema = z.discriminatedUnion('section', [
  check,
  tests,
  diff,
  profile,
  goodware,
  forecast,
  preview,
  left,
  infrastructure,
]);

export type ReviewSection = z.infer<typeof reviewSectionSchema>;
export type SectionOf<Name extends ReviewSection['section']> = Extract<ReviewSection, { readonly section: Name }>;
