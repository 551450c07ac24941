import { availableParallelism } from 'node:os';
import { createByteBudget } from '../../../app/analysis/byte-budget.ts';
import { auditIndex } from '../../../app/index/audit-index.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { engineMemoryFor } from '../../../targets/engine-memory.ts';
import { defaultDeadlineMs } from '../../../targets/target.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet } from '../../flags/flag.ts';
import { countFlag, switchFlag } from '../../flags/flags.ts';
import { formatCount, jsonLine, printLine, safeText } from '../../output/output.ts';
import { warmUp } from '../../scan/scan-rules.ts';
import { indexLimitFlags, indexLimitOptions, withIndex } from '../../wiring/with-index.ts';

const wayOut =
  'Their objects are scanned. A retro scan that meets the damage indexes them again; "rearview index build --from-scratch" makes the index again at once.';

/** `index verify`. */
export const indexVerify = defineCommand({
  description:
    'Check the index against the files.\n\nVerifies the digests of all segments, and scans a random sample of the objects that the index excludes for some rule, with all rules of --rules.\nEnds with 1 if a segment is damaged, or if an excluded object matches.',
  flags: [
    ['--sample <n>', 'Objects to scan. Default: 100.'],
    ['--jobs <n>', 'Workers that scan. Default: one per core.'],
    ...indexLimitFlags,
    ['--json', 'Print JSON.'],
  ],
  options: flagSet({
    sample: countFlag.default(100),
    jobs: countFlag.default(availableParallelism()),
    ...indexLimitOptions,
    json: switchFlag,
  }),
  examples: ['rearview index verify', 'rearview index verify --rules rules --sample 1000'],
  run: (context, { options, globals }) =>
    withIndex(context, globals, options, async ({ target, segments, limits }) => {
      const { maxObjectBytes } = limits;
      const pool = createScanPool({
        workers: options.jobs,
        deadlineMs: defaultDeadlineMs,
        maxMemoryBytes: engineMemoryFor(maxObjectBytes),
      });
      try {
        const rules = { keepGoing: null, trustImage: false, defined: new Map<string, string>() };
        const ruleset = await warmUp(pool, context, globals, rules);
        if (ruleset === null) return exitCodes.problems;
        const audit = await auditIndex({
          ...{ readers: target.readers, buckets: target.buckets },
          ...{ limits, segments, ruleset, pool, sample: options.sample },
          budget: createByteBudget(2 * maxObjectBytes),
        });
        const { damaged, wrong } = audit;
        for (const each of damaged) await printLine(context.stderr, safeText(each));
        if (damaged.length > 0) await printLine(context.stderr, wayOut);
        for (const each of wrong) await printLine(context.stderr, safeText(`Wrongly excluded: ${each}`));
        const sum = `${formatCount(audit.scanned)} objects scanned, ${formatCount(audit.excluded)} pairs of a rule and an object excluded, ${formatCount(wrong.length)} wrongly`;
        await printLine(context.stdout, options.json ? jsonLine(audit) : sum);
        return damaged.length + wrong.length > 0 ? exitCodes.problems : exitCodes.ok;
      } finally {
        await pool.close();
      }
    }),
});
