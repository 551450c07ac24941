import { type RuleEntry, ruleId } from '../domain/rulesets/rule.ts';
import { type MetaHash, metaHashes } from '../rules/lint/meta-hashes.ts';

/** The status of a hash in the meta of a rule: `unchecked` if no file with it was scanned. */
export interface HashState {
  /** `namespace:name`. */
  readonly rule: string;
  /** Lower-case hex. */
  readonly hash: string;
  readonly state: 'matched' | 'missed' | 'unchecked';
}

/** Computed hashes of one content, in lower-case hex. */
export type ContentHashes = { readonly [Algorithm in MetaHash['algorithm']]?: string | undefined };

/** Checks the hashes in the meta of rules: a rule must match the file with such a hash. */
export interface HashClaims {
  /** The algorithms that rules use. */
  readonly algorithms: ReadonlySet<MetaHash['algorithm']>;
  /** Namespaces of the rules that name hashes. */
  readonly namespaces: ReadonlySet<string>;
  /** Returns whether a rule names a hash of this content. */
  isNamed(content: ContentHashes): boolean;
  /**
   * Records a scanned content. One match is enough for a rule: other copies may have been at other
   * paths, and rules may depend on the path.
   * @param matched ids of the rules that matched it
   */
  seen(content: ContentHashes, matched: ReadonlySet<string>): void;
  /** In the order of the rules. */
  states(): readonly HashState[];
}

/**
 * @param rules those whose matches are reported. Matches of private rules are unknown, so their
 *   hashes stay unchecked
 */
export function createHashClaims(rules: readonly RuleEntry[]): HashClaims {
  const claims = rules.flatMap((rule) =>
    metaHashes(rule).map((named) => ({
      ...named,
      rule: ruleId(rule),
      namespace: rule.namespace,
      isReported: !rule.private,
    })),
  );
  const open = claims.filter(({ isReported }) => isReported);
  const byHash = Map.groupBy(open, ({ hash }) => hash);
  const states = new Map<(typeof claims)[number], HashState['state']>();
  const namedBy = (content: ContentHashes) =>
    [content.md5, content.sha1, content.sha256].flatMap((hash) => (hash === undefined ? [] : (byHash.get(hash) ?? [])));
  return {
    algorithms: new Set(open.map(({ algorithm }) => algorithm)),
    namespaces: new Set(open.map(({ namespace }) => namespace)),
    isNamed: (content) => namedBy(content).length > 0,
    seen(content, matched) {
      for (const claim of namedBy(content)) {
        if (matched.has(claim.rule)) states.set(claim, 'matched');
        else if (!states.has(claim)) states.set(claim, 'missed');
      }
    },
    states: () => claims.map((each) => ({ rule: each.rule, hash: each.hash, state: states.get(each) ?? 'unchecked' })),
  };
}
