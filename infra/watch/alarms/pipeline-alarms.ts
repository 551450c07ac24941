import type { StackContext } from '../../context.ts';
import type { FunctionHandle } from '../../handles.ts';
import { type AlarmDefinition, lastingly, shortly } from '../alarm.ts';
import { ownMetric } from '../metric.ts';
import type { Watched } from '../watched.ts';

/** Percent of objects. */
const failedShare = 10;
/** Fifteen attempts of the finisher. */
const owedSeconds = 900;
const hour = 3600;
/**
 * The maximum of CloudWatch:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
 */
const maxWarmUpMinutes = 2880;

/** Alarms of the pipeline itself: files, rules, scans and alerts. */
export function pipelineAlarms(
  { config }: Pick<StackContext, 'config'>,
  { functions }: Watched,
): readonly AlarmDefinition[] {
  const { expectedRules, scanStalledMinutes } = config.alarms;
  const { 'live-analyzer': live, 'retro-analyzer': retro, 'scan-finisher': finisher } = functions;
  return [
    ...noFilesAlarm(config.alarms.noFilesHours, live),
    {
      ...{ part: 'ruleset-small', ...lastingly, comparison: '<', threshold: expectedRules, missing: 'breaching' },
      description: `The active ruleset has fewer rules than the ${expectedRules} expected (alarms.expectedRules), none is published, it cannot be read, or scan-finisher, which reports its size every minute, does not run. \`rearview --target aws doctor\` shows which. Publish the right rules with \`rearview --target aws publish\`, or lower alarms.expectedRules.`,
      watching: { metric: ownMetric(finisher, 'RulesetRules', 'Minimum') },
    },
    {
      ...{ part: 'ruleset-old', ...shortly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
      description:
        'A live analyzer scanned with an older ruleset than the active one: the latest publish has not reached it. Compare with `rearview --target aws doctor`, which shows the active ruleset. Publishing again (`rearview --target aws publish`) changes nothing. Deploy the function again to replace stuck environments, and start a retro scan for missed files: `rearview --target aws retro start`.',
      // The minimum of both: a publish within the period makes neither look older than the other.
      watching: {
        expression: 'published - applied',
        metrics: {
          published: ownMetric(finisher, 'RulesetSequence', 'Minimum'),
          applied: ownMetric(live, 'AppliedRulesetSequence', 'Minimum'),
        },
      },
    },
    {
      ...{ part: 'scan-stalled', ...shortly, comparison: '>=', threshold: scanStalledMinutes * 60 },
      missing: 'notBreaching',
      description: `A running retro scan has made no progress for ${scanStalledMinutes} minutes or more (alarms.scanStalledMinutes): nothing was listed, and no batch reported. \`rearview --target aws doctor\` and \`rearview --target aws retro list\` show which scan, and the logs of batcher and retro-analyzer why. Cancel a scan that is not needed: \`rearview --target aws retro cancel <id>\`.`,
      watching: { metric: ownMetric(finisher, 'OldestScanIdleSeconds') },
    },
    {
      ...{ part: 'alerts-owed', ...shortly, comparison: '>=', threshold: owedSeconds, missing: 'notBreaching' },
      description:
        'An alert has been owed for a quarter of an hour or more, because SNS does not accept it. It is kept and sent again every minute. The log of scan-finisher has the reason ("alert delayed"); usually the topic, its key or a permission was changed: `rearview --target aws doctor`. Until then, see matches with `rearview --target aws matches list`.',
      watching: { metric: ownMetric(finisher, 'OldestOwedAlertSeconds') },
    },
    {
      ...{ part: 'live-unreadable', ...shortly, comparison: '>=', threshold: 1, missing: 'notBreaching' },
      description:
        'A file that arrived cannot be read and was not scanned: it is archived, is encrypted with a key that live-analyzer may not use or that only the uploader has, or access to it is denied. The log of live-analyzer has a line "object skipped" or "object failed" with bucket, key, version and the reason. Archived: restore it, and it is scanned after the restore. Encrypted or denied: grant what is missing, then run `rearview --target aws queue redrive --queue live`, or upload it again. Find out who uploads like that: collectors of this stack cannot.',
      watching: { metric: ownMetric(live, 'ObjectsUnreadable') },
    },
    failedAlarm('live-failed', live, 'Of the new files', 'rearview --target aws queue status --dead-letters'),
    failedAlarm('retro-failed', retro, 'Of the objects of retro scans', 'rearview --target aws retro status --ledger'),
  ];
}

function noFilesAlarm(hours: number | null, live: FunctionHandle): readonly AlarmDefinition[] {
  if (hours === null) return [];
  return [
    {
      ...{ part: 'no-files', periodSeconds: hour, periods: hours, comparison: '<', threshold: 1, missing: 'breaching' },
      warmUpMinutes: Math.min(hours * 60, maxWarmUpMinutes),
      description: `No file has been analyzed for about ${hours} hours (alarms.noFilesHours). If files were uploaded, their events do not arrive or the analyzer fails: \`rearview --target aws live-test\` shows how far a file gets. Otherwise, check the collection agents.`,
      watching: { metric: ownMetric(live, 'ObjectsAnalyzed') },
    },
  ];
}

function failedAlarm(part: string, analyzer: FunctionHandle, ofWhat: string, command: string): AlarmDefinition {
  return {
    ...{ part, ...lastingly, comparison: '>=', threshold: failedShare, missing: 'notBreaching' },
    description: `${ofWhat}, ${failedShare} % or more fail for a quarter of an hour: they cannot be read (permissions, keys), or the engine gives up on them (time, memory). The log of the analyzer has a line "object failed" with the reason for each. See also \`${command}\`.`,
    watching: {
      // Both are reported together, so the share exists whenever an object has an outcome.
      expression: '100 * failed / (analyzed + failed)',
      metrics: {
        failed: ownMetric(analyzer, 'ObjectsFailed'),
        analyzed: ownMetric(analyzer, 'ObjectsAnalyzed'),
      },
    },
  };
}
