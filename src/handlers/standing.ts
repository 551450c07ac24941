import { noticeRulesetChanges } from '../app/rulesets/notice-ruleset-changes.ts';
import { watchScanProgress } from '../app/scans/scan-progress.ts';
import { messageOf } from '../domain/errors.ts';
import type { Scan } from '../domain/scans/scan.ts';
import type { AwsTarget } from '../targets/aws/aws-target.ts';
import type { Telemetry } from './telemetry.ts';

/** Of the list of alerts that are owed the first may just have been sent: the index that lists them lags behind. */
const lagging = 20;

type Standing = (target: AwsTarget, telemetry: Telemetry) => Promise<void>;

/** Tells the size and number of the ruleset in force. It is read from S3 once in the life of the process. */
export const tellRuleset = guarded('ruleset', async ({ library }, { gauge }) => {
  const current = await library.current();
  gauge('RulesetSequence', current?.sequence ?? 0);
  gauge('RulesetRules', current === null ? 0 : (await library.get(current.rulesetId)).rules.length);
});

/** Notifies operators of changes of the active ruleset. What cannot be sent is tried again by the next round, and is an alarm where that lasts. */
export const noticeRuleset = guarded('ruleset notice', async ({ config, library, state, operatorNotices }) => {
  if (operatorNotices === null) return;
  const stack = stackOf(config.operationsTopicArn ?? '');
  await noticeRulesetChanges({ library, pointers: state.pointers, notices: operatorNotices, stack });
});

/** The stack that a topic belongs to: its name without the part that says what the topic is for. */
function stackOf(topicArn: string): string {
  return topicArn.slice(topicArn.lastIndexOf(':') + 1).replace(/-operations$/, '');
}

/** Tells what running retro scans have before them, and whether one of them has stopped getting on. A preview alarms nobody: "doctor" finds one that stands still. */
export function tellProgress(target: AwsTarget, telemetry: Telemetry, running: readonly Scan[]): Promise<void> {
  const tell = guarded('scan progress', async ({ state }, { gauge }) => {
    const retros = running.filter(({ kind }) => kind !== 'preview');
    const idleMs = await watchScanProgress(state.pointers, running, Date.now());
    if (idleMs === null) return;
    gauge('OldestScanIdleSeconds', Math.round(idleMs / 1000));
    gauge(
      'RetroObjectsLeft',
      retros.reduce((sum, { listed, counts }) => sum + Math.max(0, listed.objects - counts.objects), 0),
    );
  });
  return tell(target, telemetry);
}

/** Tells how long the oldest alert is owed, where `failed` of them could not be sent. */
export function tellOwedAlerts(target: AwsTarget, telemetry: Telemetry, failed: number): Promise<void> {
  const tell = guarded('owed alerts', async ({ state }, { gauge }) => {
    const [oldest] = await state.matches.pendingAlerts({ limit: failed + lagging });
    if (oldest === undefined) return;
    gauge('OldestOwedAlertSeconds', Math.max(0, Math.round((Date.now() - Date.parse(oldest.at)) / 1000)));
  });
  return tell(target, telemetry);
}

/** What cannot be told is a problem, and keeps nobody from the work itself. */
function guarded(where: string, tell: Standing): Standing {
  return (target, telemetry) =>
    tell(target, telemetry).catch((error: unknown) =>
      telemetry.observe({ type: 'problem', where, message: messageOf(error) }),
    );
}
