import * as z from 'zod';
import { ledgerDays } from '../adapters/aws/dynamodb/tables.ts';
import { indexSettings } from '../app/index/index-settings.ts';
import { joinSegments } from '../app/index/join-segments.ts';
import { removeRetired } from '../app/index/remove-retired.ts';
import type { AwsTarget } from '../targets/aws/aws-target.ts';
import { minutesBetweenJoins } from '../targets/aws/prices/idle-usage.ts';

/** Bytes of filters of a joined segment: the finisher has little memory. */
const segmentBytes = 16 * 1024 ** 2;
/** A round takes about a tenth of a second for each, and alerts that are owed wait for the next one. */
const most = 400;

const eventSchema = z.object({ time: z.iso.datetime().optional(), joinIndex: z.boolean().optional() });

/**
 * Whether an event is to join segments: the one of the schedule that names every fifteenth minute, or
 * `{"joinIndex": true}` from someone who does not want to wait.
 */
export function joinsIndex(event: unknown): boolean {
  const { data } = eventSchema.safeParse(event);
  if (data?.joinIndex === true) return true;
  return data?.time !== undefined && Math.floor(Date.parse(data.time) / 60_000) % minutesBetweenJoins === 0;
}

/**
 * Joins segments of the index, and removes those that were replaced. No other invocation of the
 * finisher runs meanwhile; one that is killed half-way loses nothing.
 */
export async function tidyIndex(target: AwsTarget): Promise<void> {
  const { segments, state } = target;
  await joinSegments({ segments, settings: indexSettings(target), segmentBytes, most });
  await removeRetired({ segments, scans: state.scans, now: Date.now(), ledgerDays });
}
