import * as z from 'zod';
import {
  amount,
  common,
  count,
  metaHash,
  name,
  path,
  place,
  sentence,
  sha256,
  short,
  string,
} from './section-fields.ts';

const leftOutRule = z.object({ rule: name, reason: sentence, code: short, ...place });
const leftOutRules = z.array(leftOutRule).max(100);
const leftOut = z.object({ quarantined: count, duplicates: count, rules: leftOutRules, omitted: count });

/** Rules compile. */
export const check = z.object({
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
  /** True for a rule that was not edited: its logic changed with a rule that it depends on. */
  isDependent: z.boolean().exactOptional(),
  /** Facts on an added or removed rule. */
  about: z
    .object({
      ...{ severity: short.nullable(), description: sentence.nullable(), isStaged: z.boolean() },
      /** Of an added rule: tests that expect it to match, and other tests of its file. */
      tests: z.object({ matching: count, others: count }).exactOptional(),
    })
    .exactOptional(),
  /** Where the rule is in the repository. Absent if it is gone, or its place is not known. */
  place: z.object(place).exactOptional(),
  /** Text of changed strings and conditions before and after; null if absent. */
  texts: z
    .array(z.object({ part: short, before: z.string().max(2000).nullable(), after: z.string().max(2000).nullable() }))
    .max(40),
});

/** The changes of rules. */
export const diff = z.object({
  ...common,
  section: z.literal('diff'),
  changes: z.array(change).max(1000),
  omitted: count,
  unchanged: count,
  /** Rules that an incremental retro scan would apply. */
  toScan: count,
  /** Numbers of changes of public rules, by source. They are of all, also of those not listed. */
  sources: z
    .array(
      z.object({
        source: short,
        ...{ added: count, removed: count, logic: count, described: count, moved: count },
        /** Rules that are left out now, and were not, or for another reason. */
        ...{ quarantined: count, duplicates: count },
      }),
    )
    .max(200)
    .exactOptional(),
  /** Public rules that are not part of the ruleset. Absent if there are none, now and in the base. */
  leftOut: z
    .object({
      quarantined: count,
      duplicates: count,
      /** Rules that the base left out and that are part of the ruleset now. */
      returned: count,
      changes: z
        .array(
          z.object({
            kind: z.enum(['quarantined', 'duplicate']),
            rule: name,
            reason: sentence,
            was: z.enum(['used', 'unused']),
          }),
        )
        .max(200),
      omitted: count,
    })
    .exactOptional(),
});

/** Rules match no goodware. */
export const goodware = z.object({
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
  /**
   * The rules with matches, those with the most failing files first, without public ones. Earlier
   * versions did not write it.
   */
  byRule: z
    .array(
      z.object({
        rule: name,
        /** Files without an exception, and files with one. */
        failing: count,
        covered: count,
        /** Strings in the failing files, those of the most files first. */
        strings: z.array(z.object({ identifier: short, files: count, data: short })).max(4),
        /** Failing files, the first by path. */
        examples: z.array(z.object({ path, sha256 })).max(3),
      }),
    )
    .max(200)
    .exactOptional(),
  /** A date for new exceptions: YYYY-MM-DD. */
  newExpiry: short.exactOptional(),
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

/** The cost of the changed rules. */
export const profile = z.object({
  ...common,
  section: z.literal('profile'),
  /** Changed rules that were measured, and those above their budget. */
  measured: count,
  over: count,
  /** Staged public rules above their budget, which fail nothing. */
  reported: count.default(0),
  /** Budget of the configuration: multiple of a rule with one plain text. Null: none. */
  maxTimes: amount.nullable(),
  /** Slowest first. */
  rules: z
    .array(
      z.object({
        rule: name,
        /** Kind of data on which it is slowest; the values are those of this kind. */
        kind: short,
        msPerMiB: amount,
        times: amount,
        /** True if a scan ran out of time: the values are lower bounds. */
        timedOut: z.boolean(),
        over: z.boolean(),
        /** Absent without a budget. */
        budget: amount.exactOptional(),
        /** True for a staged public rule, which fails nothing. */
        staged: z.boolean().exactOptional(),
        slowest: z.object({ identifier: short, times: amount }).nullable(),
      }),
    )
    .max(50),
  omitted: count,
  /** Rules that were not measured, and why. */
  notes: z.array(sentence).max(30),
});
