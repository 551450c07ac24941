import type { Target } from '../../targets/target.ts';
import { formatDuration, plural } from '../output/output.ts';
import { attempt, type CheckResult, fail, ok } from './check-result.ts';

/** The limit of the alarm `alerts-owed`. An alert is usually sent within a minute. */
const lateMs = 15 * 60_000;
const mostCounted = 100;

/** Checks for alerts that no receiver took. */
export function checkOwedAlerts(
  target: { readonly state: { readonly matches: Pick<Target['state']['matches'], 'pendingAlerts'> } },
  nowMs: number,
): Promise<CheckResult> {
  const check = 'owed alerts';
  return attempt(check, async () => {
    const owed = await target.state.matches.pendingAlerts({ limit: mostCounted });
    const [oldest] = owed;
    if (oldest === undefined) return ok(check, 'none');
    const ageMs = Math.max(0, nowMs - Date.parse(oldest.at));
    const count = owed.length < mostCounted ? plural(owed.length, 'alert') : `${mostCounted} alerts or more`;
    const detail = `${count}, the oldest for ${formatDuration(ageMs)}`;
    if (ageMs < lateMs) return ok(check, detail);
    return fail(check, `${detail}: the receiver does not take them; check its address, key and permissions.`);
  });
}
