import type { RuleEntry } from '../../domain/rulesets/rule.ts';

/** The hash of a file that the rule should match, according to its meta. */
export interface MetaHash {
  /** Lower-case hex. */
  readonly hash: string;
  readonly algorithm: 'md5' | 'sha1' | 'sha256';
}

const algorithms: ReadonlyMap<number, MetaHash['algorithm']> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
]);

/**
 * At least one word of the identifier names a hash or a sample. A number may follow: `hash2`,
 * `sha256_2`.
 */
const core =
  /^(?:(?:file|sample)?(?:hash(?:es)?|md5s?|sha1s?|sha256s?)|(?:md5|sha1|sha256)sum|samples?|exemplars?)\d*$/;
/**
 * All other words must be in this list. Any other word may make it the hash of something else:
 * `logic_hash`, `malpedia_hash`, `icon_hash`.
 */
const companion = /^(?:references?|ref|file|example|yarahub|malware|\d+)$/;

/**
 * Returns the file hashes in the meta of a rule, each once, in the order of the rule.
 *
 * It accepts the identifiers of public rulesets: `hash`, `hash1` (signature-base, CCCS),
 * `reference_sample` (Elastic), `sha256`, `md5_1`, `hash_sha256_2`,
 * `samples`, `yarahub_reference_md5`. It ignores hashes of the rule itself or of a part of a file:
 * `fingerprint`, `logic_hash` (YARA-Forge), `imphash`. The length of a value determines its
 * algorithm. A value may be a list separated by commas, semicolons, bars or white space.
 */
export function metaHashes(rule: Pick<RuleEntry, 'meta'>): readonly MetaHash[] {
  const found = new Map<string, MetaHash>();
  for (const { identifier, value } of rule.meta) {
    if (typeof value !== 'string' || !namesFile(identifier)) continue;
    for (const part of value.toLowerCase().split(/[\s,;|]+/)) {
      const hash = part.replace(/^(?:md5|sha-?1|sha-?256)[:=]/, '');
      const algorithm = algorithms.get(hash.length);
      if (algorithm !== undefined && /^[0-9a-f]+$/.test(hash)) found.set(hash, { hash, algorithm });
    }
  }
  return [...found.values()];
}

function namesFile(identifier: string): boolean {
  const words = identifier
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
  return words.some((word) => core.test(word)) && words.every((word) => core.test(word) || companion.test(word));
}
