import { runPreview, showPreview } from '../../../app/previews/run-preview.ts';
import { previewRuleset } from '../../../rules/preview-ruleset.ts';
import type { CliContext, GlobalOptions } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { baseFlag, baseRuleset, headRuleset } from '../../flags/base-ruleset.ts';
import { type FlagSetValues, flagSet, textFlag } from '../../flags/flag.ts';
import { countFlag, durationFlag, onFlag, shareFlag, switchFlag } from '../../flags/flags.ts';
import { inventoryFlags, inventoryOptions } from '../../flags/inventory-flag.ts';
import { readReviewConfig, reviewConfigFlag } from '../../flags/review-config.ts';
import { unpackOf } from '../../flags/unpack-flag.ts';
import { interruption } from '../../interruption.ts';
import { safeText } from '../../output/output.ts';
import { createProgress, type Progress } from '../../output/progress.ts';
import { reportFlag } from '../../output/review-section.ts';
import { leavePreview, printPreview, showPreviewEvent } from '../../preview/print-preview.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

const optionsSchema = flagSet({
  ...inventoryOptions.shape,
  base: textFlag.default('published'),
  config: textFlag.optional(),
  sample: shareFlag.optional(),
  prefix: textFlag.optional(),
  timeout: countFlag.optional(),
  plan: onFlag,
  wait: durationFlag.defaultText('20m'),
  scan: textFlag.optional(),
  report: textFlag.optional(),
  json: switchFlag,
});

type PreviewOptions = FlagSetValues<typeof optionsSchema>;

/** `retro preview`. */
export const retroPreview = defineCommand({
  description:
    'Scan the corpus, or a sample of it, with the rules that changed since the base.\n\nShows for each rule what it matches now and what it matched before. Nothing alerts, no match is stored, and no coverage is recorded. Ctrl-C cancels the preview.\nEnds with 1 if the scan failed, more objects match than preview.maxGained allows, or a rule does not match a hash that it names. An unfinished preview ends with 0.',
  flags: [
    baseFlag,
    reviewConfigFlag,
    [
      '--sample <share>',
      'Share of the objects to scan, for example 0.1. Default: preview.sample of the configuration, limited by preview.maxObjects.',
    ],
    [
      '--prefix <text>',
      'Only objects whose key (for files in place: absolute path) begins with this. Default: preview.prefix of the configuration.',
    ],
    ...inventoryFlags,
    ['--no-plan', 'Do not list the corpus first: the configured sample is used, and there is no forecast.'],
    ['--timeout <ms>', 'Time limit for the scan of one file in this process, in milliseconds. Default: 30000.'],
    [
      '--wait <duration>',
      'Wait at most this long for the end, for example 90s or 2h; then the preview continues. Default: 20m.',
    ],
    ['--scan <id>', 'Do not start a preview: show the matches so far of an earlier one.'],
    reportFlag,
    ['--json', 'Print one JSON object; times in milliseconds, sizes in bytes.'],
  ],
  options: optionsSchema,
  examples: [
    'rearview retro preview',
    'rearview retro preview --base ../main/rules --sample 0.1 --json',
    'rearview retro preview --scan preview-20260131T080000-0123456789ab',
  ],
  handlesInterrupt: true,
  async run(context, { options, globals }) {
    const progress = createProgress(context);
    try {
      const { scan } = options;
      if (scan === undefined) return await preview(context, globals, options, progress);
      const { preview: config } = await readReviewConfig(context, options.config);
      return await withExistingTarget(globals, async (target) =>
        printPreview(context, await showPreview(target, scan, config), options),
      );
    } finally {
      progress.stop();
    }
  },
});

async function preview(
  context: CliContext,
  globals: GlobalOptions,
  options: PreviewOptions,
  progress: Progress,
): Promise<number> {
  const { preview: config } = await readReviewConfig(context, options.config);
  const load = async () => ({
    base: await baseRuleset(context, globals, options.base, options.config),
    head: await headRuleset(context, globals, options.config),
  });
  const loaded = await Promise.race([load(), interruption(context.signal)]);
  if (typeof loaded === 'number') return loaded;
  const { base, head } = loaded;
  if (head === null) {
    await leavePreview(context, options, 'unknown', 'The rules do not compile.');
    return exitCodes.problems;
  }
  const ruleset = previewRuleset(base, head);
  if (ruleset === null) {
    await leavePreview(
      context,
      options,
      'passed',
      'No rule that reports matches is new, gone, or changed in its logic.',
    );
    return exitCodes.ok;
  }
  const { timeout } = options;
  const unpack = await unpackOf(context, true, options.config);
  return withExistingTarget(
    globals,
    async (target) => {
      const outcome = await runPreview(target, {
        ...{ ...options, ruleset, config, waitMs: options.wait, signal: context.signal },
        observe: (event) => showPreviewEvent(progress, target.previews, event),
      });
      return printPreview(context, outcome, options);
    },
    {
      unpack,
      observe: (event) => {
        progress.observe(event);
        if (event.type === 'problem') progress.line(safeText(`problem: ${event.where}: ${event.message}`));
      },
      ...(timeout === undefined ? {} : { deadlineMs: timeout }),
    },
  );
}
