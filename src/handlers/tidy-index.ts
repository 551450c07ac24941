import { indexSettings } from '../app/index/index-settings.ts';
import { joinSegments } from '../app/index/join-segments.ts';
import { removeRetired } from '../app/index/remove-retired.ts';
import type { AwsTarget } from '../targets/aws/aws-target.ts';
import { minutesBetweenJoins } from '../targets/aws/prices/idle-usage.ts';

/** Bytes of filters of a joined segment: the finisher has little memory. */
const segmentBytes = 16 * 1024 ** 2;

/** Whether segments are joined in this minute: each time they are listed. */
export function isJoiningMinute(now: number): boolean {
  return Math.floor(now / 60_000) % minutesBetweenJoins === 0;
}

/** Whether the event is `{"joinIndex": true}`, from someone who does not want to wait. */
export function isAskedToJoin(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'joinIndex' in event && event.joinIndex === true;
}

/**
 * Joins segments of the index, and removes those that were replaced. No other invocation of the
 * finisher runs meanwhile; one that is killed half-way loses nothing.
 */
export async function tidyIndex(target: AwsTarget): Promise<void> {
  const { segments, state } = target;
  await joinSegments({ segments, settings: indexSettings(target), segmentBytes });
  await removeRetired({ segments, scans: state.scans, now: Date.now() });
}
