import { z } from 'zod';

/*
 * Results of the jobs of a pull request, a file for each section. Code that the pull request may
 * have changed writes them, and a workflow that trusts nothing reads them. Every text and every
 * list has a bound here, and the renderers escape them.
 */

/** Version of the format; a reader refuses any other. */
export const reviewSchema = 1;
/** Bytes. More than any section of these bounds that is not hostile. */
export const maxSectionBytes = 1024 * 1024;

/** Sections of a review. A section `left` replaces one that was left out. */
export const reviewSections = ['check', 'tests', 'diff', 'goodware', 'forecast', 'preview', 'infrastructure'] as const;

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();
const short = z.string().max(200);
const name = z.string().max(600);
const path = z.string().max(2048);
const sentence = z.string().max(1000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

/**
 * `passed`; `failed`: a gate fails; `unknown`: there is no result, which is not a reason to merge.
 */
const verdict = z.enum(['passed', 'failed', 'unknown']);

/** A place in a file of the repository; line and column count from 1, 0 where there is none. */
const place = { file: path, line: count, column: count };

const string = z.object({ identifier: short, offset: count, length: count, data: z.string().max(200) });

/** String of a preview, which has the bytes only if the target allows it. */
const previewString = string.extend({ data: z.string().max(200).exactOptional() });

/**
 * A hash in the meta of a rule: `matched` or `missed` if a file with it was scanned, otherwise
 * `unchecked`.
 */
const metaHash = z.object({ rule: name, hash: z.string().max(128), state: z.enum(['matched', 'missed', 'unchecked']) });

const common = { schema: z.literal(reviewSchema), verdict };

const leftOutRule = z.object({ rule: name, reason: sentence, code: short, ...place });
const leftOutRules = z.array(leftOutRule).max(100);
const leftOut = z.object({ quarantined: count, duplicates: count, rules: leftOutRules, omitted: count });

const check = z.object({
  ...common,
  section: z.literal('check'),
  files: count,
  rules: count,
  errors: count,
  warnings: count,
  /** Findings that are in the baseline, and so not among the warnings. */
  known: count.exactOptional(),
  diagnostics: z
    .array(z.object({ severity: z.enum(['error', 'warning']), code: short, message: sentence, ...place }))
    .max(200),
  /** Number of diagnostics that are not listed. `omitted` means the same in other sections. */
  omitted: count,
  /** Public rules that are not part of the ruleset. Absent if there are none. */
  leftOut: leftOut.exactOptional(),
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
  /** Former name of a moved rule. */
  from: name.nullable(),
  /**
   * Scope of changed logic: `broader` matches all that it matched and maybe more, `narrower` the
   * reverse, `same` both. `unknown`: not certain.
   */
  scope: z.enum(['same', 'broader', 'narrower', 'unknown']).nullable(),
  what: z.array(sentence).max(40),
  /** Rules whose condition needs it. */
  dependents: z.array(name).max(50),
  /** Text of changed strings and conditions before and after; null if absent. */
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
  /** Files that could not be read or scanned, by reason. */
  unscanned: z.array(z.object({ reason: short, files: count })).max(20),
  /** Matches without an exception. */
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
  /** Public rules, which are not among the matches above. Absent if there are none. */
  public: z
    .object({
      rules: count,
      /** Rules that were measured on these files before. */
      remembered: count,
      /** Matching rules that alert, and that are staged. */
      failing: count,
      staged: count,
      matching: z
        .array(z.object({ rule: name, source: short, state: z.enum(['alerts', 'staged']), files: count, path, sha256 }))
        .max(300),
      omitted: count,
    })
    .exactOptional(),
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
  goodware,
  forecast,
  preview,
  left,
  infrastructure,
]);

export type ReviewSection = z.infer<typeof reviewSectionSchema>;
export type SectionOf<Name extends ReviewSection['section']> = Extract<ReviewSection, { readonly section: Name }>;
