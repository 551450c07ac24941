import { setTimeout as sleep } from 'node:timers/promises';
import { createTable } from '../../../adapters/aws/dynamodb/table.ts';
import { inspectLease } from '../../../adapters/aws/inspect/inspect-lease.ts';
import { activePlanned } from '../../../app/scans/retro-scans.ts';
import { progressOf } from '../../../app/scans/scan-progress.ts';
import type { Scan } from '../../../domain/scans/scan.ts';
import type { Queue } from '../../../ports/queue.ts';
import type { AwsTarget } from '../../../targets/aws/aws-target.ts';
import { attempt, type CheckResult, warn } from '../check-result.ts';
import { checkScans } from '../check-scans.ts';

/** Longer than the schedule of the function that resumes scans. */
const stuckMs = 10 * 60_000;
const lookAgainMs = 2000;

/**
 * Checks retro scans and previews. A stuck one has an expired lease and makes no progress between
 * two looks.
 * @param pause between the two. Default: two seconds
 */
export function checkRetroProgress(
  target: AwsTarget,
  nowMs: number,
  pause: () => Promise<unknown> = () => sleep(lookAgainMs),
): Promise<CheckResult> {
  const check = 'scans';
  return attempt(check, async () => {
    const suspects = await findStill(target, nowMs);
    if (suspects.length > 0) {
      await pause();
      const still = new Map((await findStill(target, nowMs)).map((scan) => [scan.id, scan]));
      const stuck = suspects.filter((scan) => isSame(scan, still.get(scan.id)));
      if (stuck.length > 0) {
        const names = stuck.map(({ id }) => id).join(', ');
        return warn(
          check,
          `${names} makes no progress: no batcher has had it for ten minutes. Check the logs of ${target.config.batcherFunction} and of the scan finisher, and that its schedule is enabled.`,
        );
      }
    }
    return checkScans(target);
  });
}

/** Running scans that had no batcher for long and need one, or whose batches are in no queue. */
async function findStill({ state, clients, config }: AwsTarget, nowMs: number): Promise<readonly Scan[]> {
  const table = createTable({ client: clients.dynamo, name: config.scansTable });
  const running = (await activePlanned(state.scans)).filter((scan) => scan.state === 'running');
  if (running.length === 0) return [];
  const waitingIn = async (queue: Queue) => {
    const { visible, inFlight } = await queue.stats();
    return visible + inFlight;
  };
  const [retro, preview] = await Promise.all([waitingIn(state.queues.retro), waitingIn(state.queues.preview)]);
  const still = await Promise.all(
    running.map(async (scan) => {
      const sinceMs = (await inspectLease(table, scan.id)) ?? Date.parse(scan.createdAt);
      if (nowMs - sinceMs < stuckMs) return [];
      return scan.listingDone && (scan.kind === 'preview' ? preview : retro) > 0 ? [] : [scan];
    }),
  );
  return still.flat();
}

function isSame(before: Scan, after: Scan | undefined): boolean {
  return after !== undefined && progressOf(before) === progressOf(after);
}
