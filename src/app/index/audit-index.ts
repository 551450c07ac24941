import { randomInt } from 'node:crypto';
import { messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import type { ScannableRuleset, ScanPool } from '../../engine/types.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import type { ByteBudget } from '../analysis/byte-budget.ts';
import { scanFiles } from '../files/scan-files.ts';
import { pagesOfCorpus } from './build-index.ts';
import { corpusFile } from './corpus-files.ts';
import { openSegments, queryIndex, segmentsWith } from './corpus-index.ts';
import { indexSettings } from './index-settings.ts';
import { requirementsOf } from './rule-requirements.ts';

export interface AuditIndexOptions {
  readonly readers: ReadonlyMap<string, ObjectReader>;
  readonly buckets: readonly string[];
  readonly limits: ScanLimits;
  readonly segments: SegmentStore;
  readonly ruleset: ScannableRuleset;
  readonly pool: ScanPool;
  readonly budget: ByteBudget;
  /** Objects to scan. */
  readonly sample: number;
}

export interface IndexAudit {
  /** Segments that cannot be read, or whose digests do not verify. */
  readonly damaged: readonly string[];
  /** Objects that the index excludes for at least one rule, and that were scanned with all of them. */
  readonly scanned: number;
  /** Pairs of a rule and a scanned object that the index excludes. */
  readonly excluded: number;
  /** Those of them that match: `rule: object`. Always empty, or the index is wrong. */
  readonly wrong: readonly string[];
}

/** Verifies the digests of all segments, and scans a random sample of what the index excludes. */
export async function auditIndex(options: AuditIndexOptions): Promise<IndexAudit> {
  const { segments, limits, ruleset, readers } = options;
  const settings = indexSettings(limits);
  const damaged: string[] = [];
  for await (const opened of openSegments(segments, await segmentsWith(segments, settings))) {
    if (opened.reader === null) damaged.push(opened.problem);
    else
      await opened.reader
        .verify()
        .catch((error: unknown) =>
          damaged.push(`The segment ${opened.segment.name.slice(0, 12)} is damaged: ${messageOf(error)}`),
        );
  }
  const rules = requirementsOf(ruleset.sources);
  const answer = await queryIndex(
    segments,
    settings,
    rules.map(({ requirement }) => requirement),
  );
  const chosen = new Map<string, { readonly object: ObjectInfo; readonly candidates: ReadonlySet<string> }>();
  for (const object of await sampleOf(
    options,
    (each) => (answer.candidateFor(each)?.length ?? rules.length) < rules.length,
  )) {
    const positions = answer.candidateFor(object) ?? [];
    const candidates = new Set(positions.map((position) => rules[position]?.id ?? ''));
    chosen.set(corpusFile(readers, object).path, { object, candidates });
  }
  const wrong: string[] = [];
  let [scanned, excluded] = [0, 0];
  await scanFiles({
    ...{ ruleset, pool: options.pool, budget: options.budget },
    files: (async function* () {
      for (const { object } of chosen.values()) yield corpusFile(readers, object);
    })(),
    readAhead: options.pool.workers + 2,
    maxBytes: limits.maxObjectBytes,
    ...{ largeFiles: limits.largeFiles, unpack: limits.unpack },
    report: async (report) => {
      const candidates = chosen.get(report.path)?.candidates;
      if (report.status !== 'scanned' || candidates === undefined) return;
      scanned += 1;
      excluded += rules.length - candidates.size;
      for (const match of report.matches) {
        const id = ruleId({ namespace: match.namespace, name: match.rule });
        if (!candidates.has(id)) wrong.push(`${id}: ${report.path}`);
      }
    },
  });
  return { damaged, scanned, excluded, wrong };
}

/** A random sample of the objects, each with the same chance. */
async function sampleOf(
  { readers, buckets, sample }: AuditIndexOptions,
  isWanted: (object: ObjectInfo) => boolean,
): Promise<readonly ObjectInfo[]> {
  const chosen: ObjectInfo[] = [];
  let seen = 0;
  for await (const objects of pagesOfCorpus({ readers, buckets })) {
    for (const object of objects.filter(isWanted)) {
      seen += 1;
      const place = seen <= sample ? seen - 1 : randomInt(seen);
      if (place < sample) chosen[place] = object;
    }
  }
  return chosen;
}
