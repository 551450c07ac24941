import { type RuleSource, ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { countExcluded } from '../../domain/scans/exclusion.ts';
import { pagesOf } from '../../ports/pages.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import { type MetaHash, metaHashes } from '../../rules/lint/meta-hashes.ts';
import { type PreviewedRule, previewedRules } from '../../rules/preview-ruleset.ts';
import { createPreviewTally, type NamedHash, type PreviewSummary } from './preview-tally.ts';

const pageSize = 500;

/**
 * The aims of a preview. They come only from its ruleset, so that any process can read the preview.
 */
export interface PreviewAims {
  readonly sources: readonly RuleSource[];
  readonly rules: readonly PreviewedRule[];
  /** Hashes that the meta of the rules names, as the change has them. */
  readonly hashes: readonly (NamedHash & MetaHash)[];
}

/** @param ruleset as `previewRuleset` makes it */
export function previewAims(ruleset: Ruleset): PreviewAims {
  const rules = previewedRules(ruleset);
  const entries = new Map(ruleset.rules.map((rule) => [ruleId(rule), rule]));
  const hashes = rules.flatMap(({ rule, now }) => {
    const entry = now === null ? undefined : entries.get(now);
    return entry === undefined ? [] : metaHashes(entry).map((each) => ({ rule, ...each }));
  });
  return { sources: ruleset.sources, rules, hashes };
}

/** Reads the ledger of a preview, page by page. While it runs, the result is incomplete. */
export async function readPreviewSummary(
  scans: Pick<ScanStore, 'ledger' | 'exclusions'>,
  scanId: string,
  { rules, hashes }: Pick<PreviewAims, 'rules' | 'hashes'>,
): Promise<PreviewSummary> {
  const tally = createPreviewTally(
    rules,
    hashes.map(({ rule, hash }) => ({ rule, hash })),
  );
  for await (const { entries } of pagesOf((from) => scans.ledger(scanId, { limit: pageSize, ...from }))) {
    for (const entry of entries) tally.add(entry);
  }
  return { ...tally.summary(), excluded: countExcluded(await scans.exclusions(scanId)).objects };
}
