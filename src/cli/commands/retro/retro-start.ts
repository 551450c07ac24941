import { startPipelineUnlessRunning } from '../../../app/pipeline/start-pipeline.ts';
import { beginRetro } from '../../../app/scans/begin-retro.ts';
import { getScan } from '../../../app/scans/retro-scans.ts';
import { hasEnded, hasStopped, pollMsOf, waitForScan } from '../../../app/scans/wait-for-scan.ts';
import { RearviewError } from '../../../domain/errors.ts';
import type { Scan } from '../../../domain/scans/scan.ts';
import type { Undelivered } from '../../../ports/delivery-log.ts';
import type { Target } from '../../../targets/target.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { type FlagSetValues, flagSet } from '../../flags/flag.ts';
import { countFlag, onFlag } from '../../flags/flags.ts';
import { inventoryFlags, inventoryLine, inventoryOptions } from '../../flags/inventory-flag.ts';
import { filterFlags, filterOf, filterOptions } from '../../flags/retro-filter.ts';
import { largeFilesFlag } from '../../flags/size-limit.ts';
import { unpackOf } from '../../flags/unpack-flag.ts';
import { createDeliveryNotes, undeliveredExit, undeliveredLine } from '../../output/delivery-notes.ts';
import { printLine, safeText } from '../../output/output.ts';
import { begunLine, indexIsWide } from '../../output/plan-lines.ts';
import { createProblemNotes } from '../../output/print-problems.ts';
import { createProgress, type Progress } from '../../output/progress.ts';
import { ledgerSum } from '../../output/scan-lines.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

type ScopeOptions = FlagSetValues<typeof filterOptions> & FlagSetValues<typeof inventoryOptions>;

/** `retro start`. */
export const retroStart = defineCommand({
  description:
    'Scan the objects of the corpus with the rules that have not scanned them yet.\n\nThe same command resumes a scan that stopped. If no other process runs the pipeline, this one scans; Ctrl-C leaves the scan where it is.\nWith --inventory, work begins at once. Then the bucket is listed for objects that arrived later than a week before the inventory.\nPrints the id of the scan. Ends with 1 if it fails or is cancelled, or an alert was not delivered.',
  flags: [
    ...filterFlags,
    ...inventoryFlags,
    [
      '--large-files <policy>',
      'What to do with objects above 256MiB: skip, or head to scan their first 256MiB. Default: skip.',
    ],
    ['--jobs <n>', 'Workers that scan. Default: one per core.'],
    ['--no-plan', 'Do not list the corpus first: the scan begins at once, and its progress has no estimate.'],
    ['--no-wait', 'Only record the scan; "rearview up" or another "retro start" runs it.'],
  ],
  options: flagSet({
    ...filterOptions.shape,
    ...inventoryOptions.shape,
    largeFiles: largeFilesFlag,
    jobs: countFlag.optional(),
    plan: onFlag,
    wait: onFlag,
  }),
  examples: [
    'rearview retro start',
    'rearview retro start --full --max-size 5MiB',
    'rearview retro start --no-wait',
    'rearview retro start --target aws --inventory s3://inventories/corpus/all/2026-01-31T01-00Z/manifest.json',
  ],
  handlesInterrupt: true,
  async run(context, { options, globals }) {
    const progress = createProgress(context);
    const noteDelivery = createDeliveryNotes((text) => progress.line(safeText(text)));
    const noteProblem = createProblemNotes(progress.line);
    const { jobs, largeFiles } = options;
    const use = (target: Target) => start({ context, target, progress, noteProblem }, options);
    try {
      return await withExistingTarget(globals, use, {
        largeFiles,
        unpack: await unpackOf(context),
        observe: (event) => {
          progress.observe(event);
          noteDelivery(event);
          if (event.type === 'problem') noteProblem(event.where, event.message);
        },
        ...(jobs === undefined ? {} : { jobs }),
      });
    } finally {
      progress.stop();
    }
  },
});

interface Run {
  readonly context: CliContext;
  readonly target: Target;
  readonly progress: Progress;
  readonly noteProblem: (where: string, message: string) => void;
}

async function start(
  run: Run,
  options: ScopeOptions & { readonly plan: boolean; readonly wait: boolean },
): Promise<number> {
  const { context, target, progress } = run;
  const scan = await createScan(run, options);
  await printLine(context.stdout, scan.id);
  if (!options.wait) {
    const how =
      target.startPipeline === undefined
        ? 'the functions run it'
        : target.isPipelineRunning()
          ? 'the process that runs the pipeline runs it'
          : 'it runs when "rearview up" runs';
    progress.line(`${scan.id} is recorded; ${how}. Follow it: rearview retro watch ${scan.id}`);
    return exitCodes.ok;
  }
  // Functions do the work in AWS: this process only waits.
  if (target.startPipeline === undefined) return waitForEnd(context, target, progress, scan.id);
  const pipeline = await startPipelineUnlessRunning(target);
  if (pipeline === null) {
    progress.line(
      `Another process runs the pipeline on this state folder and runs the scan. Follow it: rearview retro watch ${scan.id}`,
    );
    return exitCodes.ok;
  }
  let code: number;
  let undelivered: readonly Undelivered[] = [];
  try {
    code = await waitForEnd(context, target, progress, scan.id);
  } finally {
    undelivered = await pipeline.stop();
    for (const each of undelivered) progress.line(safeText(undeliveredLine(each)));
  }
  return code === exitCodes.ok ? undeliveredExit(undelivered) : code;
}

async function createScan(
  { context, target, progress, noteProblem }: Run,
  options: ScopeOptions & { readonly plan: boolean },
): Promise<Scan> {
  const { scan, created, superseded, plan } = await beginRetro(target, {
    ...{ filter: await filterOf(context, options), full: options.full, plan: options.plan },
    inventories: options.inventory,
    onInventory: (each) => progress.line(safeText(inventoryLine(each))),
  });
  for (const old of superseded) {
    progress.line(`${old.id} is cancelled: this scan takes over its remaining work.`);
  }
  if (!created)
    progress.line(`This scan is already ${scan.state}; it is resumed. Its ledger counts what was done before, too.`);
  if (scan.state === 'paused') {
    throw new RearviewError(
      'ERR_STATE',
      `Scan ${scan.id} is paused: resume it with "rearview retro resume ${scan.id}".`,
    );
  }
  if (plan !== null) {
    progress.line(begunLine(plan, { scan, created }));
    if (plan.index.isWide) progress.line(`index: ${indexIsWide}`);
    for (const problem of plan.index.problems) noteProblem('index', problem);
  }
  return scan;
}

async function waitForEnd({ signal }: CliContext, target: Target, progress: Progress, scanId: string): Promise<number> {
  const scan = await waitForScan(() => getScan(target.state.scans, scanId), hasStopped, {
    ...{ signal, pollMs: pollMsOf(target) },
    onLook: progress.scan,
  });
  if (hasEnded(scan)) {
    progress.line(`${scan.state}: ${ledgerSum(scan)}; ${progress.matchesOf(scan)}`);
    return scan.state === 'completed' ? exitCodes.ok : exitCodes.problems;
  }
  if (scan.state === 'paused') {
    progress.line(`Paused. Resume it: rearview retro resume ${scanId}`);
    return exitCodes.ok;
  }
  progress.line(`Interrupted; nothing is lost. Resume it: rearview retro start`);
  return exitCodes.interrupted;
}
