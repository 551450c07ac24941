import { type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import type { MatchedString } from '../../domain/scans/match.ts';
import { exceptionFor, type GoodwareException } from '../../gates/goodware-exceptions.ts';
import type { HashClaims } from '../../gates/hash-claims.ts';
import { clip } from '../../pull-requests/clip.ts';
import {
  type GoodwareResult,
  type ListedMatch,
  maxListedMatches,
  maxMatchStrings,
  maxRuleExamples,
  type RuleMatches,
} from '../../pull-requests/goodware-section.ts';
import { createRootCoverage } from '../files/root-coverage.ts';
import type { FileReport } from '../files/scan-files.ts';

export interface GoodwareTallyOptions {
  /** Rules whose matches count. Others are scanned with because these depend on them. */
  readonly rules: readonly RuleEntry[];
  readonly exceptions: readonly GoodwareException[];
  /** Roots of the files, as their paths begin. */
  readonly roots: readonly string[];
  readonly claims: HashClaims;
  /** Exceptions expire. Unix time in milliseconds. */
  readonly nowMs: number;
}

/** Days until a proposed exception expires. */
const newExceptionDays = 90;

/** Progress so far. */
export interface GoodwareProgress {
  readonly files: number;
  readonly bytes: number;
  readonly unscanned: number;
  readonly failing: number;
}

/**
 * Adds up the reports of a scan of goodware, in whatever order they come. A rule that matches every
 * file costs no more memory than one that matches a few.
 */
export function createGoodwareTally({ rules, exceptions, roots, claims, nowMs }: GoodwareTallyOptions) {
  const kept = new Map(
    rules.map((rule) => [ruleId(rule), { failing: shortest(), covered: shortest(), sums: ruleSums() }]),
  );
  const unscanned = new Map<string, number>();
  const coverage = createRootCoverage(roots);
  const used = new Set<GoodwareException>();
  const sums = { files: 0, bytes: 0, matches: 0, failing: 0 };

  function addMatches({ path, sha256, matches }: FileReport & { readonly status: 'scanned' }): void {
    for (const match of matches) {
      const rule = ruleId({ namespace: match.namespace, name: match.rule });
      const of = kept.get(rule);
      if (of === undefined) continue;
      const exception = exceptionFor(exceptions, { rule, path, sha256 }, nowMs);
      if (exception !== null) used.add(exception);
      sums.matches += 1;
      if (exception === null) sums.failing += 1;
      const strings = match.strings.slice(0, maxMatchStrings).map((each) => ({ ...each, data: clip(each.data, 200) }));
      of.sums.add(path, match.strings, exception === null);
      of[exception === null ? 'failing' : 'covered'].add({ rule, path, sha256, strings, exception });
    }
  }

  return {
    add(report: FileReport): void {
      if (report.status !== 'scanned') {
        coverage.miss(report.path);
        unscanned.set(report.reason, (unscanned.get(report.reason) ?? 0) + 1);
        return;
      }
      sums.files += 1;
      sums.bytes += report.size;
      coverage.add(report);
      addMatches(report);
      if (claims.isNamed(report)) {
        claims.seen(report, new Set(report.matches.map(({ namespace, rule }) => ruleId({ namespace, name: rule }))));
      }
    },
    progress(): GoodwareProgress {
      const { files, bytes, failing } = sums;
      return { files, bytes, failing, unscanned: [...unscanned.values()].reduce((sum, each) => sum + each, 0) };
    },
    end(): GoodwareResult {
      const lists = (which: 'failing' | 'covered') => inTurns([...kept.values()].map((each) => each[which].list()));
      const listed = [...lists('failing'), ...lists('covered')].slice(0, maxListedMatches);
      const byCount = [...unscanned].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
      return {
        ...sums,
        unscanned: new Map(byCount),
        listed,
        byRule: [...kept]
          .map(([rule, { failing, sums: of }]) => ({ rule, ...of.end(), examples: examplesOf(failing.list()) }))
          .filter(({ failing, covered }) => failing + covered > 0)
          .sort((a, b) => b.failing - a.failing || b.covered - a.covered || (a.rule < b.rule ? -1 : 1)),
        newExpiry: new Date(nowMs + newExceptionDays * 86_400_000).toISOString().slice(0, 10),
        used,
        hashes: claims.states(),
        incomplete: coverage.incomplete(),
      };
    },
  };
}

/**
 * The matches whose paths come first, as many as can be listed. The list must not depend on which
 * worker was faster.
 */
function shortest() {
  let list: ListedMatch[] = [];
  const sorted = () =>
    list.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)).slice(0, maxListedMatches);
  return {
    add(added: ListedMatch): void {
      list.push(added);
      if (list.length >= 4 * maxListedMatches) list = sorted();
    },
    list: sorted,
  };
}

function examplesOf(matches: readonly ListedMatch[]): RuleMatches['examples'] {
  return matches.slice(0, maxRuleExamples).map(({ path, sha256 }) => ({ path, sha256 }));
}

/** Adds up the matches of one rule: its files, and how many of the failing ones have each string. */
function ruleSums() {
  const strings = new Map<string, { files: number; path: string; data: string }>();
  const files = { failing: 0, covered: 0 };
  return {
    add(path: string, matched: readonly MatchedString[], isFailing: boolean): void {
      files[isFailing ? 'failing' : 'covered'] += 1;
      if (!isFailing) return;
      // The first match of each string in the file.
      for (const [identifier, [first]] of Map.groupBy(matched, (each) => each.identifier)) {
        const of = strings.get(identifier);
        const data = clip(first?.data ?? '', 200);
        if (of === undefined) strings.set(identifier, { files: 1, path, data });
        else {
          of.files += 1;
          if (path < of.path) Object.assign(of, { path, data });
        }
      }
    },
    end: () => ({
      ...files,
      strings: [...strings]
        .map(([identifier, { files, data }]) => ({ identifier, files, data }))
        .sort((a, b) => b.files - a.files || (a.identifier < b.identifier ? -1 : 1)),
    }),
  };
}

/**
 * The first of each list, then the second of each, and so on: a rule that matches everything must
 * not hide the others.
 */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
