import type { MatchedString } from '../domain/scans/match.ts';
import type { GoodwareException, GoodwareMatch } from '../gates/goodware-exceptions.ts';
import type { HashState } from '../gates/hash-claims.ts';
import { clip, clipList } from './clip.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** Most matches that a section lists. */
export const maxListedMatches = 100;
/** Most rules that a section sums up. */
const maxRules = 200;
/** Most files that are named for a rule. */
export const maxRuleExamples = 3;
/** Most public rules that a section lists. */
const maxPublicMatches = 300;
/** Most strings that are kept for a match. */
export const maxMatchStrings = 4;

/** A match with its evidence. */
export interface ListedMatch extends GoodwareMatch {
  readonly strings: readonly MatchedString[];
  /** Null if none covers it: then the gate fails. */
  readonly exception: GoodwareException | null;
}

/** All matches of one rule. */
export interface RuleMatches {
  /** `namespace:name`. */
  readonly rule: string;
  /** Number of files without an exception, and of files with one. */
  readonly failing: number;
  readonly covered: number;
  /**
   * The strings in the failing files, those of the most files first, with the text of the first
   * file by path. Empty if the condition needs none.
   */
  readonly strings: readonly { readonly identifier: string; readonly files: number; readonly data: string }[];
  /** The first failing files by path. */
  readonly examples: readonly { readonly path: string; readonly sha256: string }[];
}

/** A public rule that matches goodware. */
export interface PublicMatches {
  /** `namespace:name`. */
  readonly rule: string;
  /** Folder of its source below `vendor`. */
  readonly collection: string;
  readonly isStaged: boolean;
  /** Number of files, without those that an exception covers. */
  readonly files: number;
  /** The first of them by path. */
  readonly first: { readonly path: string; readonly sha256: string };
}

/** Result of the public rules. */
export interface PublicGoodware {
  /** Number of rules. */
  readonly rules: number;
  /** Number of rules whose result was remembered. */
  readonly remembered: number;
  readonly matching: readonly PublicMatches[];
}

/** Result of a scan of goodware. */
export interface GoodwareResult {
  /** Files that were scanned, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Files that were not, by reason. */
  readonly unscanned: ReadonlyMap<string, number>;
  /** All matches, and those without an exception; without those of public rules. */
  readonly matches: number;
  readonly failing: number;
  /** The listed matches, failing ones first. */
  readonly listed: readonly ListedMatch[];
  /** The rules with matches, those with the most failing files first. */
  readonly byRule: readonly RuleMatches[];
  /** A date for new exceptions: YYYY-MM-DD. */
  readonly newExpiry: string;
  /** Exceptions that covered a match. */
  readonly used: ReadonlySet<GoodwareException>;
  readonly hashes: readonly HashState[];
  /** Roots of which no byte was scanned, or that could not be listed to their end. */
  readonly incomplete: readonly string[];
  /** Absent if there is no public rule. */
  readonly public?: PublicGoodware;
}

export interface GoodwareSectionInput {
  readonly place: string;
  readonly roots: readonly string[];
  /** Number of rules that scanned. */
  readonly rules: number;
  /** Null where there was no rule to scan with. */
  readonly result: GoodwareResult | null;
  readonly notes: readonly string[];
  /** Problems of the exceptions: they fail the gate, and nothing was scanned. Default: none. */
  readonly problems?: readonly string[];
}

/** The section of a review, within its bounds. */
export function goodwareSection(input: GoodwareSectionInput): SectionOf<'goodware'> {
  const { place, roots, rules, result, problems = [] } = input;
  const notes = problems.length > 0 ? problems : [...notesOf(result), ...input.notes];
  const matches = clipList(result?.listed ?? [], maxListedMatches).shown;
  return {
    ...{ schema: reviewSchema, section: 'goodware', verdict: problems.length > 0 ? 'failed' : verdictOf(result) },
    place: clip(place, 200),
    roots: clipList(roots, 50).shown.map((root) => clip(root, 2048)),
    rules,
    files: result?.files ?? 0,
    bytes: result?.bytes ?? 0,
    unscanned: clipList([...(result?.unscanned ?? [])], 20).shown.map(([reason, files]) => ({ reason, files })),
    failing: result?.failing ?? 0,
    hits: matches.map(matchOf),
    omitted: (result?.matches ?? 0) - matches.length,
    ...(result === null ? {} : { byRule: rulesOf(result.byRule), newExpiry: result.newExpiry }),
    hashes: hashesOf(result?.hashes ?? []),
    ...(result?.public === undefined ? {} : { public: publicPart(result.public) }),
    notes: clipList(notes, 100).shown.map((note) => clip(note, 1000)),
  };
}

/** Missed hashes first: they fail the gate. */
function hashesOf(hashes: readonly HashState[]): SectionOf<'goodware'>['hashes'] {
  const rank = { missed: 0, matched: 1, unchecked: 2 } as const;
  return clipList(
    hashes.toSorted((a, b) => rank[a.state] - rank[b.state]),
    300,
  ).shown.map((each) => ({ ...each, rule: clip(each.rule, 600) }));
}

/** Rules that alert first. */
function publicPart({ rules, remembered, matching }: PublicGoodware): NonNullable<SectionOf<'goodware'>['public']> {
  const alerting = matching.filter(({ isStaged }) => !isStaged);
  const staged = matching.filter(({ isStaged }) => isStaged);
  const { shown, omitted } = clipList([...alerting, ...staged], maxPublicMatches);
  return {
    ...{ rules, remembered, failing: alerting.length, staged: staged.length, omitted },
    matching: shown.map(({ rule, collection, isStaged, files, first: { path, sha256 } }) => ({
      ...{ rule: clip(rule, 600), source: clip(collection, 200), state: isStaged ? 'staged' : 'alerts', files },
      ...{ path: clip(path, 2048), sha256 },
    })),
  };
}

function failingPublic(given: PublicGoodware | undefined): number {
  return given?.matching.filter(({ isStaged }) => !isStaged).length ?? 0;
}

function rulesOf(byRule: readonly RuleMatches[]): NonNullable<SectionOf<'goodware'>['byRule']> {
  return clipList(byRule, maxRules).shown.map(({ rule, failing, covered, strings, examples }) => ({
    ...{ rule: clip(rule, 600), failing, covered },
    strings: clipList(strings, maxMatchStrings).shown.map(({ identifier, files, data }) => ({
      ...{ identifier: clip(identifier, 200), files, data: clip(data, 200) },
    })),
    examples: clipList(examples, maxRuleExamples).shown.map(({ path, sha256 }) => ({ path: clip(path, 2048), sha256 })),
  }));
}

function matchOf({ rule, path, sha256, strings, exception }: ListedMatch): SectionOf<'goodware'>['hits'][number] {
  return {
    rule: clip(rule, 600),
    path: clip(path, 2048),
    sha256,
    strings: clipList(strings, maxMatchStrings).shown.map(({ identifier, offset, length, data }) => ({
      ...{ identifier: clip(identifier, 200), offset, length, data: clip(data, 200) },
    })),
    exception: exception === null ? null : { reason: clip(exception.reason, 1000), expires: exception.expires },
  };
}

/** Reasons that are caused by slow or large rules, not by an unreadable file. */
export const ruleReasons = ['timeout', 'out_of_memory', 'engine_crash'] as const;

function verdictOf(result: GoodwareResult | null): SectionOf<'goodware'>['verdict'] {
  if (result === null) return 'passed';
  if (failingPublic(result.public) > 0) return 'failed';
  if (result.failing > 0 || result.hashes.some(({ state }) => state === 'missed')) return 'failed';
  const { bytes, incomplete, unscanned } = result;
  // The file was read, but whether the rules match it is unknown.
  const isUnknown = bytes === 0 || incomplete.length > 0 || ruleReasons.some((reason) => unscanned.has(reason));
  return isUnknown ? 'unknown' : 'passed';
}

function notesOf(result: GoodwareResult | null): readonly string[] {
  if (result === null) return ['No rule has new logic: nothing was scanned.'];
  const { bytes, unscanned, incomplete } = result;
  return [
    ...(bytes === 0
      ? ['No file was scanned, or all files are empty, so the result is unknown: check the place.']
      : incomplete.map(
          (root) =>
            `${root} was not scanned, or not listed completely, so the result is unknown: check the path and its permissions.`,
        )),
    ...ruleReasons.flatMap((reason) => {
      const count = unscanned.get(reason) ?? 0;
      const subject = count === 1 ? '1 file was' : `${count} files were`;
      return count === 0
        ? []
        : [
            `${subject} not scanned to the end (${reason}) by the changed rules, so whether they match is not known: they are too slow or too large, also in production.`,
          ];
    }),
  ];
}
