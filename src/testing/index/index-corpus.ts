import { createByteBudget } from '../../app/analysis/byte-budget.ts';
import { type BuildIndexOptions, buildIndex, type IndexCounts } from '../../app/index/build-index.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { Target } from '../../targets/target.ts';

/** Indexes what the corpus of a target has, with the limits of the target. */
export async function indexCorpus(
  { readers, buckets, segments, state, ...limits }: Target,
  options: Partial<BuildIndexOptions> = {},
): Promise<IndexCounts> {
  const pool = createScanPool({ workers: 1 });
  try {
    return await buildIndex({
      ...{ readers, buckets, limits, pool, segments },
      ...{ budget: createByteBudget(1e9), scans: state.scans },
      ...options,
    });
  } finally {
    await pool.close();
  }
}
