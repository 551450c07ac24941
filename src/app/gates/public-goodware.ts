import { isStaged, type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import { exceptionFor, type GoodwareException } from '../../gates/goodware-exceptions.ts';
import { type MeasuredFile, type MeasuredRule, maxMeasuredFiles } from '../../ports/goodware-memory.ts';
import type { PublicMatches } from '../../pull-requests/goodware-section.ts';
import { collectionOf } from '../../rules/vendored.ts';
import type { FileReport } from '../files/scan-files.ts';

type Scanned = FileReport & { readonly status: 'scanned' };

/** Adds up the matches of public rules, in whatever order the reports come. */
export function createPublicTally(rules: readonly RuleEntry[]) {
  const byId = new Map(rules.map((rule) => [ruleId(rule), rule]));
  const found = new Map<string, ReturnType<typeof firstFiles>>();
  return {
    add({ path, sha256, matches }: Scanned): void {
      for (const match of matches) {
        const id = ruleId({ namespace: match.namespace, name: match.rule });
        if (!byId.has(id)) continue;
        const files = found.get(id) ?? firstFiles();
        files.add({ path, sha256 });
        found.set(id, files);
      }
    },
    /** The result of every rule by logic hash, also of those without a match. */
    end(): ReadonlyMap<string, MeasuredRule> {
      return new Map(
        [...byId].map(([id, { logicHash }]) => [logicHash, found.get(id)?.end() ?? { files: 0, matches: [] }]),
      );
    },
  };
}

/** The files whose paths come first. */
function firstFiles() {
  let files = 0;
  let list: MeasuredFile[] = [];
  const sorted = () =>
    list.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)).slice(0, maxMeasuredFiles);
  return {
    add(file: MeasuredFile): void {
      files += 1;
      list.push(file);
      if (list.length >= 4 * maxMeasuredFiles) list = sorted();
    },
    end: (): MeasuredRule => ({ files, matches: sorted() }),
  };
}

export interface PublicMatchesOptions {
  readonly measured: ReadonlyMap<string, MeasuredRule>;
  readonly exceptions: readonly GoodwareException[];
  /** Unix time in milliseconds. */
  readonly nowMs: number;
}

/**
 * The public rules that match goodware, and the exceptions that covered a match. A file that an
 * exception covers does not count; beyond `maxMeasuredFiles` files of one rule, all count.
 * @param rules in the order of the result
 */
export function publicMatches(
  rules: readonly RuleEntry[],
  { measured, exceptions, nowMs }: PublicMatchesOptions,
): { readonly rules: readonly PublicMatches[]; readonly used: ReadonlySet<GoodwareException> } {
  const used = new Set<GoodwareException>();
  const matching = rules.flatMap((rule): readonly PublicMatches[] => {
    const { files, matches } = measured.get(rule.logicHash) ?? { files: 0, matches: [] };
    const open = matches.filter((file) => {
      const exception = exceptionFor(exceptions, { rule: ruleId(rule), ...file }, nowMs);
      if (exception !== null) used.add(exception);
      return exception === null;
    });
    const [first] = open;
    if (first === undefined) return [];
    const excepted = matches.length - open.length;
    return [
      {
        ...{ rule: ruleId(rule), collection: collectionOf(rule.namespace), isStaged: isStaged(rule) },
        ...{ files: files - excepted, first },
      },
    ];
  });
  return { rules: matching, used };
}
