import path from 'node:path';
import { activeRuleset } from '../../../app/rulesets/active-ruleset.ts';
import { planReaders } from '../../../app/scans/plan-readers.ts';
import { planRetro, type RetroPlan } from '../../../app/scans/plan-retro.ts';
import type { Ruleset } from '../../../domain/rulesets/ruleset.ts';
import type { Inventory } from '../../../ports/inventory.ts';
import type { Target } from '../../../targets/target.ts';
import type { CliContext, GlobalOptions } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { readRulesOf } from '../../flags/base-ruleset.ts';
import { type FlagSetValues, flagSet, textFlag } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { inventoryFlags, inventoryLine, inventoryOptions } from '../../flags/inventory-flag.ts';
import { filterFlags, filterOf, filterOptions } from '../../flags/retro-filter.ts';
import { reviewConfigFlag } from '../../flags/review-config.ts';
import { largeFilesFlag } from '../../flags/size-limit.ts';
import { unpackOf } from '../../flags/unpack-flag.ts';
import { jsonLine, printLine, safeText } from '../../output/output.ts';
import { planLines } from '../../output/plan-lines.ts';
import { budgetOf, printForecast } from '../../output/print-forecast.ts';
import { printProblems } from '../../output/print-problems.ts';
import { reportFlag } from '../../output/review-section.ts';
import { hasTarget } from '../../wiring/state-folder.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

const optionsSchema = flagSet({
  ...filterOptions.shape,
  ...inventoryOptions.shape,
  largeFiles: largeFilesFlag,
  ruleset: textFlag.optional(),
  config: textFlag.optional(),
  report: textFlag.optional(),
  json: switchFlag,
});

type PlanOptions = FlagSetValues<typeof optionsSchema>;

/** `retro plan`. */
export const retroPlan = defineCommand({
  description:
    'Estimate the objects, bytes, time and cost of a retro scan with the active ruleset.\n\nWith --ruleset, the estimate is for the scan that a merge of those rules would start. Nothing is written. With --inventory, objects that arrived after the inventory are not counted.\nWith --config or --report, ends with 1 if the plan is above the budget (forecast.maxDollars, forecast.maxMinutes).',
  flags: [
    ...filterFlags,
    ...inventoryFlags,
    [
      '--large-files <policy>',
      'What to do with objects above 256MiB: skip, or head to scan their first 256MiB. Default: skip.',
    ],
    ['--ruleset <file>', 'Plan with this ruleset, built by "rearview rules build", instead of the active one.'],
    reviewConfigFlag,
    reportFlag,
    ['--json', 'Print one JSON object; times in milliseconds, sizes in bytes.'],
  ],
  options: optionsSchema,
  examples: [
    'rearview retro plan',
    'rearview retro plan --prefix mail/ --arrived-after 7d --json',
    'rearview retro plan --ruleset ruleset.bin --config rearview.yaml --report forecast.json',
    'rearview retro plan --target aws --inventory s3://inventories/corpus/all/2026-01-31T01-00Z/manifest.json',
  ],
  async run(context, { options, globals }) {
    const file = options.ruleset;
    const ruleset =
      file === undefined ? null : await readRulesOf(context, globals, '--ruleset', path.resolve(context.cwd, file));
    const budget = await budgetOf(context, options);
    const { plan, inventories } = await planOf(context, globals, options, ruleset);
    const reported = inventories.map(({ name, bucket, createdAt, completeBefore }) => ({
      ...{ name, bucket, createdAt, completeBefore },
    }));
    const lines = [...inventories.map((each) => `listing   ${safeText(inventoryLine(each))}`), ...planLines(plan)];
    await printLine(context.stdout, options.json ? jsonLine({ ...plan, inventories: reported }) : lines.join('\n'));
    return budget === null ? exitCodes.ok : printForecast(context, options.report, plan, budget);
  },
});

interface Planned {
  readonly plan: RetroPlan;
  readonly inventories: readonly Inventory[];
}

async function planOf(
  context: CliContext,
  globals: GlobalOptions,
  options: PlanOptions,
  ruleset: Ruleset | null,
): Promise<Planned> {
  // Without a state folder there is no corpus, and a plan does not create one.
  if (ruleset !== null && !hasTarget(globals)) {
    return { plan: nothingToDo(ruleset), inventories: [] };
  }
  const use = async (target: Target) => {
    const inventories = await target.openInventories(options.inventory);
    const plan = await planRetro(
      {
        ...{ readers: planReaders(target, inventories), records: target.state.records, scans: target.state.scans },
        ...{ maxObjectBytes: target.maxObjectBytes, largeFiles: options.largeFiles, unpack: target.unpack },
        ...{ retroCost: target.retroCost, segments: target.segments },
      },
      ruleset ?? (await loadActiveRuleset(target)),
      { buckets: target.buckets, filter: await filterOf(context, options), full: options.full },
    );
    return { plan, inventories };
  };
  return withExistingTarget(globals, use, {
    observe: printProblems(context),
    unpack: await unpackOf(context, true, options.config),
  });
}

async function loadActiveRuleset({ library }: Target): Promise<Ruleset> {
  const { rulesetId } = await activeRuleset(library);
  return library.get(rulesetId);
}

function nothingToDo({ id }: Ruleset): RetroPlan {
  return {
    ...{ rulesetId: id, objects: 0, bytes: 0, dueObjects: 0, dueBytes: 0, coveredObjects: 0 },
    ...{ excludedObjects: 0, otherObjects: 0, dueRules: [], ruleObjects: [], expectedMs: null, expectedCost: 0 },
    index: { isWide: false, problems: [] },
  };
}
