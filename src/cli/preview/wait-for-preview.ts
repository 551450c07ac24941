import { setTimeout as sleep } from 'node:timers/promises';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';
import type { Target } from '../../targets/target.ts';
import type { CliContext } from '../context.ts';
import type { Progress } from '../output/progress.ts';
import { startPipelineUnlessRunning } from '../up/start-pipeline.ts';

const pollMs = 100;
const remotePollMs = 2000;

/**
 * Waits until a preview has ended, the time is up, or the command is interrupted. Where nobody runs the pipeline it does so meanwhile.
 * @returns the scan as it stands then; null where functions have not begun with it
 */
export async function waitForPreview(
  { signal }: Pick<CliContext, 'signal'>,
  target: Target,
  progress: Progress,
  options: { readonly scanId: string; readonly waitMs: number },
): Promise<Scan | null> {
  const { scanId, waitMs } = options;
  const stepMs = target.startPipeline === undefined ? remotePollMs : pollMs;
  const pipeline = await startPipelineUnlessRunning(target);
  const untilMs = performance.now() + waitMs;
  try {
    for (;;) {
      const scan = await target.state.scans.get(scanId);
      if (scan !== null) progress.scan(scan);
      const leftMs = untilMs - performance.now();
      if ((scan !== null && finalStates.includes(scan.state)) || leftMs <= 0 || signal.aborted) return scan;
      await sleep(Math.min(stepMs, leftMs), undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await pipeline?.stop();
  }
}
