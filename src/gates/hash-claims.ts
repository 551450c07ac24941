import { type RuleEntry, ruleId } from '../domain/rulesets/rule.ts';
import { type MetaHash, metaHashes } from '../rules/lint/meta-hashes.ts';

/** What became of a hash that the meta of a rule names: `unchecked` where no file with it was scanned. */
export interface HashState {
  /** `namespace:name`. */
  readonly rule: string;
  /** Lower-case hex. */
  readonly hash: string;
  readonly state: 'matched' | 'missed' | 'unchecked';
}

/** Hashes of one content, in lower-case hex, as far as they were computed. */
export type ContentHashes = { readonly [Algorithm in MetaHash['algorithm']]?: string | undefined };

/** Holds rules to the hashes that their meta names: a file with such a hash has to match. */
export interface HashClaims {
  /** The algorithms that rules ask for. */
  readonly algorithms: ReadonlySet<MetaHash['algorithm']>;
  /** Namespaces of the rules that name hashes. */
  readonly namespaces: ReadonlySet<string>;
  /** Whether a rule names a hash of this content. */
  isNamed(content: ContentHashes): boolean;
  /**
   * Takes a content that was scanned. A rule that matched it once is right: what it did not match besides may have lain elsewhere, and rules may ask for that.
   * @param matched ids of the rules that matched it
   */
  seen(content: ContentHashes, matched: ReadonlySet<string>): void;
  /** In the order of the rules. */
  states(): readonly HashState[];
}

/** @param rules those that matches are told of; of private rules nobody knows whether they match, so their hashes stay unchecked */
export function createHashClaims(rules: readonly RuleEntry[]): HashClaims {
  const claims = rules.flatMap((rule) =>
    metaHashes(rule).map((named) => ({ ...named, rule: ruleId(rule), namespace: rule.namespace, told: !rule.private })),
  );
  const open = claims.filter(({ told }) => told);
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
