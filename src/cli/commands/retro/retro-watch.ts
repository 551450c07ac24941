import { getScan } from '../../../app/scans/retro-scans.ts';
import { hasEnded, pollMsOf, waitForScan } from '../../../app/scans/wait-for-scan.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { isPlanned } from '../../../domain/scans/scan.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { printLine } from '../../output/output.ts';
import { createProgress } from '../../output/progress.ts';
import { scanJson, scanLines } from '../../output/scan-lines.ts';
import { namedOrLatest } from '../../which-scan.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

/** `retro watch`. */
export const retroWatch = defineCommand({
  description:
    'Follow a retro scan or a preview until it finishes, then show its sums.\n\nAnother process runs the scan; Ctrl-C does not stop it. Ends with 1 if the scan fails or is cancelled.',
  args: [['[id]', 'Id of the scan. Default: the latest retro scan.']],
  flags: [['--json', 'Print the finished scan as JSON on one line.']],
  options: flagSet({ json: switchFlag }),
  examples: ['rearview retro watch'],
  run: (context, { args: [id], options, globals }) =>
    withExistingTarget(globals, async (target) => {
      const progress = createProgress(context);
      try {
        const named = await namedOrLatest(target.state.scans, id);
        if (!isPlanned(named)) {
          throw new RearviewError('ERR_STATE', `${named.id} is a live scan; it has no end to wait for.`);
        }
        if (!hasEnded(named) && !target.isPipelineRunning()) {
          progress.line(
            'No process runs the pipeline: the scan continues when "rearview up" or "rearview retro start" runs.',
          );
        }
        const scan = await waitForScan(() => getScan(target.state.scans, named.id), hasEnded, {
          ...{ signal: context.signal, pollMs: pollMsOf(target) },
          onLook: progress.scan,
        });
        progress.stop();
        if (context.signal.aborted) return exitCodes.interrupted;
        await printLine(context.stdout, options.json ? scanJson(scan) : scanLines(scan, Date.now()).join('\n'));
        return scan.state === 'completed' ? exitCodes.ok : exitCodes.problems;
      } finally {
        progress.stop();
      }
    }),
  handlesInterrupt: true,
});
