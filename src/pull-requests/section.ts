import { z } from 'zod';

/*
 * What the jobs of a pull request found, a file for each section. They are written by code that the pull request may have changed, and read by a
 * workflow that trusts nothing: every text and every list has a bound here, and whoever shows them escapes them.
 */

/** Of the format; a reader refuses any other. */
export const reviewSchema = 1;
/** Bytes. More than any section of these bounds that is not hostile. */
export const maxSectionBytes = 1024 * 1024;

/** What a review may be made of; a part that is not done is told by a section `left`. */
export const reviewSections = ['check', 'tests', 'diff', 'goodware', 'forecast', 'preview', 'infrastructure'] as const;

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();
const short = z.string().max(200);
const name = z.string().max(600);
const path = z.string().max(2048);
const sentence = z.string().max(1000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

/** `passed`; `failed`: a gate is closed; `unknown`: it could not be found out, which is no reason to merge. */
const verdict = z.enum(['passed', 'failed', 'unknown']);

/** A place in a file of the repository; line and column count from 1, 0 where there is none. */
const place = { file: path, line: count, column: count };

const string = z.object({ identifier: short, offset: count, length: count, data: z.string().max(200) });

/** Of a preview, which has the bytes only where the target allows it. */
const previewString = string.extend({ data: z.string().max(200).exactOptional() });

/** A hash that the meta of a rule names: `matched` or `missed` where a file with it was scanned, `unchecked` where there was none. */
const metaHash = z.object({ rule: name, hash: z.string().max(128), state: z.enum(['matched', 'missed', 'unchecked']) });

const common = { schema: z.literal(reviewSchema), verdict };

const check = z.object({
  ...common,
  section: z.literal('check'),
  files: count,
  rules: count,
  errors: count,
  warnings: count,
  diagnostics: z
    .array(z.object({ severity: z.enum(['error', 'warning']), code: short, message: sentence, ...place }))
    .max(200),
  /** Diagnostics beyond those listed; so below with what else is listed. */
  omitted: count,
});

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

const change = z.object({
  kind: z.enum(['added', 'removed', 'logic', 'described', 'moved']),
  rule: name,
  /** Of a moved rule. */
  from: name.nullable(),
  /** Of a rule whose logic changed: it matches all that it matched and maybe more, or the other way round, or both; `unknown`: that is not certain. */
  scope: z.enum(['same', 'broader', 'narrower', 'unknown']).nullable(),
  what: z.array(sentence).max(40),
  /** Rules whose condition needs it. */
  dependents: z.array(name).max(50),
  /** What was and is written, of strings and the condition that changed; null where it was, or is, not there. */
  texts: z
    .array(z.object({ part: short, before: z.string().max(2000).nullable(), after: z.string().max(2000).nullable() }))
    .max(40),
});

const diff = z.object({
  ...common,
  section: z.literal('diff'),
  changes: z.array(change).max(300),
  omitted: count,
  unchanged: count,
  /** Rules that an incremental retro scan would apply. */
  toScan: count,
});

const goodware = z.object({
  ...common,
  section: z.literal('goodware'),
  /** Which goodware: `linux`, `windows`, `macos`, or what the configuration calls it. */
  place: short,
  roots: z.array(path).max(50),
  rules: count,
  files: count,
  bytes: count,
  /** Files that could not be read or scanned; told by reason. */
  unscanned: z.array(z.object({ reason: short, files: count })).max(20),
  /** Hits that no exception covers. */
  failing: count,
  hits: z
    .array(
      z.object({
        rule: name,
        path,
        sha256,
        strings: z.array(string).max(4),
        exception: z.object({ reason: sentence, expires: short }).nullable(),
      }),
    )
    .max(100),
  omitted: count,
  hashes: z.array(metaHash).max(300),
  /** Exceptions that have expired, or that nothing needs any more. */
  notes: z.array(sentence).max(100),
});

const forecast = z.object({
  ...common,
  section: z.literal('forecast'),
  objects: count,
  bytes: count,
  dueObjects: count,
  dueBytes: count,
  coveredObjects: count,
  otherObjects: count,
  rules: count,
  /** Milliseconds; null where no scan has told the pace yet. */
  expectedMs: amount.nullable(),
  /** US dollars. */
  expectedCost: amount,
  /** What the configuration allows; null where it says nothing. */
  budget: z.object({ dollars: amount.nullable(), minutes: amount.nullable() }),
  /** Sentences that say which budget is exceeded. */
  over: z.array(sentence).max(4),
});

const example = z.object({
  bucket: short,
  key: path,
  sha256,
  /** Hit now and not before, before and not now, or both. */
  state: z.enum(['gained', 'lost', 'kept']),
  strings: z.array(previewString).max(4),
});

const reasons = z.array(z.object({ reason: short, objects: count })).max(20);

/** An object that was not scanned, and what is known of why beyond the reason. */
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
  /** As in `Scan`; a scan that had not ended in time is `running`, and its figures are of what it had come to. */
  state: z.enum(['running', 'paused', 'completed', 'cancelled', 'failed']),
  error: sentence.nullable(),
  /** The part of the corpus that was scanned, 0 to 1. */
  sample: z.number().min(0).max(1),
  objects: count,
  scanned: count,
  skipped: reasons,
  failed: z.array(z.object({ reason: short, objects: count, examples: z.array(unscanned).max(5) })).max(20),
  rules: z
    .array(
      z.object({
        rule: name,
        kind: z.enum(['added', 'removed', 'logic', 'moved']),
        /** Objects hit, by the rules of this pull request and by those of its base. */
        now: count,
        before: count,
        gained: count,
        lost: count,
        /** When the first and last of the objects hit now arrived; null where there is none. */
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
  /** Sentences: why it did not begin or end, which gate is closed. */
  notes: z.array(sentence).max(20),
});

/** A part that was not done, and why: of a fork nothing is scanned, say. */
const left = z.object({
  ...common,
  section: z.literal('left'),
  of: z.enum(reviewSections),
  why: sentence,
});

const infrastructure = z.object({
  ...common,
  section: z.literal('infrastructure'),
  /** Of the stack that would be updated. */
  stack: short,
  /** What `pulumi preview` printed; cut in the middle where it was longer. */
  text: z.string().max(40_000),
});

/** One section of a review, as a file holds it. */
export const reviewSectionSchema = z.discriminatedUnion('section', [
  check,
  tests,
  diff,
  goodware,
  forecast,
  preview,
  left,
  infrastructure,
]);

export type ReviewSection = z.infer<typeof reviewSectionSchema>;
export type SectionOf<Name extends ReviewSection['section']> = Extract<ReviewSection, { readonly section: Name }>;
