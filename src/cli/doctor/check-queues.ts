import type { Target } from '../../targets/target.ts';
import { formatDuration, plural } from '../output/output.ts';
import type { CheckResult } from './check-result.ts';

/** Work that is older than this while the pipeline runs is stuck. */
const stuckMs = 10 * 60_000;

/** Checks for dead letters and stuck work. */
export async function checkQueues(target: Target): Promise<readonly CheckResult[]> {
  const running = target.isPipelineRunning();
  const { live, retro, preview } = target.state.queues;
  return Promise.all(
    [live, retro, preview].map(async (queue): Promise<CheckResult> => {
      const { visible, inFlight, deadLetters, oldestMs } = await queue.stats();
      const check = `queue ${queue.name}`;
      const waiting = `${plural(visible + inFlight, 'message')} waiting`;
      if (deadLetters > 0) {
        const detail = `${waiting}, ${plural(deadLetters, 'dead letter')}: see "rearview queue status --dead-letters", then "rearview queue redrive".`;
        return { check, status: 'warn', detail };
      }
      if (visible + inFlight > 0 && !running) {
        return { check, status: 'warn', detail: `${waiting} and no process runs the pipeline: run "rearview up".` };
      }
      if (oldestMs !== null && oldestMs > stuckMs) {
        return {
          check,
          status: 'warn',
          detail: `${waiting}, the oldest for ${formatDuration(oldestMs)}: the pipeline does not keep up.`,
        };
      }
      return { check, status: 'ok', detail: waiting };
    }),
  );
}
