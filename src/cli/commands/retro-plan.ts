import { z } from 'zod';
import { planRetro, type RetroPlan } from '../../app/plan-retro.ts';
import { RearviewError } from '../../domain/errors.ts';
import { defineCommand } from '../define-command.ts';
import { switchFlag } from '../flags.ts';
import { inventoryFlags, inventoryLine, inventoryOptions, planReaders } from '../inventory-flag.ts';
import { formatBytes, formatCount, formatDuration, jsonLine, printLine, safeText } from '../output.ts';
import { filterFlags, filterOf, filterOptions } from '../retro-filter.ts';
import { largeFilesFlag } from '../size-limit.ts';
import { withExistingHome } from '../with-home.ts';

const shownRules = 10;

/** `retro plan`. */
export const retroPlan = defineCommand({
  name: 'plan',
  summary: 'Say what a retro scan would do.',
  description:
    'Lists the corpus and says how many objects and bytes a retro scan with the ruleset in force would scan, for which rules, and how long that may take. Nothing is written. With --inventory nothing is asked of the bucket: objects that arrived since are not counted.',
  flags: [
    ...filterFlags,
    ...inventoryFlags,
    [
      '--large-files <policy>',
      'What will become of objects above 256MiB: skip, or head to scan their first 256MiB. Default: skip.',
    ],
    ['--json', 'One JSON object; times in milliseconds, sizes in bytes.'],
  ],
  options: z.object({
    ...filterOptions.shape,
    ...inventoryOptions.shape,
    largeFiles: largeFilesFlag,
    json: switchFlag,
  }),
  examples: [
    'rearview retro plan',
    'rearview retro plan --prefix mail/ --arrived-after 7d --json',
    'rearview retro plan --target aws --inventory s3://inventories/corpus/all/2026-01-31T01-00Z/manifest.json',
  ],
  run: ({ stdout }, { options, globals }) =>
    withExistingHome(globals, async (home) => {
      const inventories = await home.openInventories(options.inventory);
      const current = await home.library.current();
      if (current === null) {
        throw new RearviewError('ERR_NOT_FOUND', 'No ruleset is published yet: run "rearview publish" first.');
      }
      const plan = await planRetro(
        {
          ...{ readers: planReaders(home, inventories), records: home.state.records, scans: home.state.scans },
          ...{ maxObjectBytes: home.maxObjectBytes, largeFiles: options.largeFiles, retroCost: home.retroCost },
        },
        await home.library.get(current.rulesetId),
        { buckets: home.buckets, filter: filterOf(options), full: options.full },
      );
      const told = inventories.map(({ name, bucket, createdAt, completeBefore }) => ({
        ...{ name, bucket, createdAt, completeBefore },
      }));
      const lines = [...inventories.map((each) => `listing   ${safeText(inventoryLine(each))}`), ...planLines(plan)];
      await printLine(stdout, options.json ? jsonLine({ ...plan, inventories: told }) : lines.join('\n'));
      return 0;
    }),
});

function planLines(plan: RetroPlan): readonly string[] {
  const rest = plan.dueRules.length - shownRules;
  return [
    `ruleset   ${plan.rulesetId}`,
    `corpus    ${formatCount(plan.objects)} objects, ${formatBytes(plan.bytes)}`,
    `to scan   ${formatCount(plan.dueObjects)} objects, ${formatBytes(plan.dueBytes)}`,
    `covered   ${formatCount(plan.coveredObjects)} objects need no scan`,
    `others    ${formatCount(plan.otherObjects)} objects would be skipped or fail (too large, not regular files, not readable)`,
    `rules     ${formatCount(plan.dueRules.length)} whose logic some object lacks`,
    ...plan.dueRules.slice(0, shownRules).map((rule) => `          ${safeText(rule)}`),
    ...(rest > 0 ? [`          and ${formatCount(rest)} more (--json lists all)`] : []),
    `time      ${plan.expectedMs === null ? 'not known before the first scan of some length has completed' : `about ${formatDuration(plan.expectedMs)}, at the pace of the last scan`}`,
    `cost      $${plan.expectedCost.toFixed(2)}`,
  ];
}
