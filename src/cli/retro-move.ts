import { moveRetro } from '../app/scans/retro-scans.ts';
import { defineCommand, type Register } from './define-command.ts';
import { flagSet } from './flags/flag.ts';
import { printLine } from './output/output.ts';
import { namedOrOnlyActive } from './which-scan.ts';
import { withExistingTarget } from './wiring/with-target.ts';

/** A command that moves one retro scan to another state. */
export function defineRetroMove(move: 'pause' | 'resume' | 'cancel', description: string): Register {
  return defineCommand({
    description,
    args: [['[id]', 'Id of the scan. Default: the only one that is running or paused.']],
    options: flagSet({}),
    examples: [`rearview retro ${move}`],
    run: ({ stdout, stderr }, { args: [id], globals }) =>
      withExistingTarget(globals, async (target) => {
        const { scans } = target.state;
        const scan = await moveRetro(scans, await namedOrOnlyActive(scans, id), move, new Date().toISOString());
        await printLine(stdout, `${scan.id} ${scan.state}`);
        if (move === 'resume') await target.runBatcher(scan.id);
        if (move === 'resume' && !target.isPipelineRunning()) {
          await printLine(
            stderr,
            'No process runs the pipeline: the scan continues when "rearview up" or "rearview retro start" runs.',
          );
        }
        return 0;
      }),
  });
}
