import { availableParallelism } from 'node:os';
import { createByteBudget } from '../../../app/analysis/byte-budget.ts';
import { buildIndex } from '../../../app/index/build-index.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { engineMemoryFor } from '../../../targets/engine-memory.ts';
import { defaultDeadlineMs } from '../../../targets/target.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet } from '../../flags/flag.ts';
import { countFlag, switchFlag } from '../../flags/flags.ts';
import { formatBytes, formatCount, jsonLine, printLine } from '../../output/output.ts';
import { indexLimitFlags, indexLimitOptions, withIndex } from '../../wiring/with-index.ts';

/** `index build`. */
export const indexBuild = defineCommand({
  description:
    'Index what scans have not indexed.\n\nReads every object that is not indexed yet, and what is inside it, and drops what is gone. It may be interrupted: what was indexed is kept.\nThe index is in the folder "index" of the state folder, in AWS in the bucket of artifacts, and may be deleted.',
  flags: [
    ['--from-scratch', 'Index everything again, and remove the index that there was.'],
    ['--jobs <n>', 'Workers. Default: one per core.'],
    ...indexLimitFlags,
    ['--json', 'Print JSON.'],
  ],
  options: flagSet({
    fromScratch: switchFlag,
    jobs: countFlag.default(availableParallelism()),
    ...indexLimitOptions,
    json: switchFlag,
  }),
  examples: ['rearview index build', 'rearview index build --from-scratch --jobs 4'],
  handlesInterrupt: true,
  run: (context, { options, globals }) =>
    withIndex(context, globals, options, async ({ target, segments, limits }) => {
      const { maxObjectBytes } = limits;
      const pool = createScanPool({
        workers: options.jobs,
        deadlineMs: defaultDeadlineMs,
        maxMemoryBytes: engineMemoryFor(maxObjectBytes),
      });
      try {
        const counts = await buildIndex({
          readers: target.readers,
          buckets: target.buckets,
          ...{ limits, pool, segments },
          budget: createByteBudget(2 * maxObjectBytes),
          scans: target.state.scans,
          fromScratch: options.fromScratch,
          signal: context.signal,
        });
        const { objects, indexed, known, notIndexed, bytes, indexBytes } = counts;
        const text = options.json
          ? jsonLine(counts)
          : [
              `${formatCount(objects)} objects: ${formatCount(indexed)} indexed now, ${formatCount(known)} before, ${formatCount(notIndexed)} not`,
              `${formatBytes(bytes)} read, ${formatBytes(indexBytes)} written`,
            ].join('\n');
        await printLine(context.stdout, text);
        if (!context.signal.aborted) return exitCodes.ok;
        await printLine(context.stderr, 'Interrupted: what was indexed is kept. Run it again for the rest.');
        return exitCodes.interrupted;
      } finally {
        await pool.close();
      }
    }),
});
