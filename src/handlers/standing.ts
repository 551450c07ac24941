import { noticeRulesetChanges } from '../app/rulesets/notice-ruleset-changes.ts';
import { watchScanProgress } from '../app/scans/scan-progress.ts';
import { messageOf } from '../domain/errors.ts';
import type { Scan } from '../domain/scans/scan.ts';
import type { AwsTarget } from '../targets/aws/aws-target.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * Number of owed alerts to read: the index lags behind, so the first may already have been sent.
 */
const lagging = 20;

type Standing = (target: AwsTarget, telemetry: Telemetry) => Promise<void>;

/** Reports the size and number of the active ruleset. A process reads each ruleset from S3 once. */
export const reportRuleset = guarded('ruleset', async ({ library }, { gauge }) => {
  const current = await library.current();
  gauge('RulesetSequence', current?.sequence ?? 0);
  gauge('RulesetRules', current === null ? 0 : (await library.get(current.rulesetId)).rules.length);
});

/**
 * Notifies operators of changes of the active ruleset. A failed notice is retried in the next
 * round, and raises an alarm if that lasts.
 */
export const noticeRuleset = guarded('ruleset notice', async ({ config, library, state, operatorNotices }) => {
  if (operatorNotices === null) return;
  const stack = stackOf(config.operationsTopicArn ?? '');
  await noticeRulesetChanges({ library, pointers: state.pointers, notices: operatorNotices, stack });
});

/** The stack of a topic: its name without the suffix for the purpose of the topic. */
function stackOf(topicArn: string): string {
  return topicArn.slice(topicArn.lastIndexOf(':') + 1).replace(/-operations$/, '');
}

/**
 * Reports the remaining work of running retro scans, and whether one of them has stalled. A stalled
 * preview raises no alarm: "doctor" finds it.
 */
export function reportProgress(target: AwsTarget, telemetry: Telemetry, running: readonly Scan[]): Promise<void> {
  const report = guarded('scan progress', async ({ state }, { gauge }) => {
    const retros = running.filter(({ kind }) => kind !== 'preview');
    const idleMs = await watchScanProgress(state.pointers, running, Date.now());
    if (idleMs === null) return;
    gauge('OldestScanIdleSeconds', Math.round(idleMs / 1000));
    gauge(
      'RetroObjectsLeft',
      retros.reduce((sum, { listed, counts }) => sum + Math.max(0, listed.objects - counts.objects), 0),
    );
  });
  return report(target, telemetry);
}

/** Reports the age of the oldest owed alert if `failed` of them could not be sent. */
export function reportOwedAlerts(target: AwsTarget, telemetry: Telemetry, failed: number): Promise<void> {
  const report = guarded('owed alerts', async ({ state }, { gauge }) => {
    const [oldest] = await state.matches.pendingAlerts({ limit: failed + lagging });
    if (oldest === undefined) return;
    gauge('OldestOwedAlertSeconds', Math.max(0, Math.round((Date.now() - Date.parse(oldest.at)) / 1000)));
  });
  return report(target, telemetry);
}

/** Stores the sums of a live scan whose day is over: its entries expire. */
export const storeSums = guarded('sums of a ledger', async ({ state }) => void (await state.scans.storeOldestSums()));

/** Turns an error of a report into a problem, so that it does not stop the work itself. */
function guarded(where: string, report: Standing): Standing {
  return (target, telemetry) =>
    report(target, telemetry).catch((error: unknown) =>
      telemetry.observe({ type: 'problem', where, message: messageOf(error) }),
    );
}
