import * as pulumi from '@pulumi/pulumi';
import type { FunctionName, Statement } from '../handles.ts';
import { artifactsKey, corpusKeys, inventoriesKey, stateKey } from './key-statements.ts';
import {
  alertsPublished,
  batcherInvoked,
  batchesSent,
  cleanNoticesPublished,
  deadLettersMoved,
  deadLettersSeen,
  failureMessages,
  liveQueue,
  operatorsNotified,
  retroQueues,
} from './message-statements.ts';
import type { RoleResources } from './role-resources.ts';
import {
  corpusListing,
  corpusMissing,
  corpusObjects,
  indexJoined,
  indexRead,
  indexWritten,
  inventories,
  largeAlerts,
  rulesets,
  rulesetsAndDeltas,
} from './s3-statements.ts';
import { matches, owedAlerts, recordsRead, recordsWritten, scans } from './table-statements.ts';

/**
 * Progress of running scans, and the active ruleset that operators know of:
 * src/app/scans/scan-progress.ts, src/app/rulesets/notice-ruleset-changes.ts.
 */
const finisherPointers = ['scans/progress', 'ruleset/noticed'];

/** The calls of each function's code, and no more: src/adapters/aws has the calls. */
const grants: Readonly<Record<FunctionName, (resources: RoleResources) => readonly Statement[]>> = {
  'live-analyzer': (resources) => [
    ...liveQueue(resources),
    ...corpusObjects(resources, { byName: true }),
    // Notified of arriving files, not of repeated scans.
    ...cleanNoticesPublished(resources),
    ...analysis(resources),
    ...scans(resources, { inserts: true }),
  ],
  'retro-analyzer': (resources) => [
    ...retroQueues(resources),
    ...corpusObjects(resources, { byName: false }),
    ...analysis(resources),
    ...scans(resources),
  ],
  batcher: (resources) => [
    ...corpusListing(resources),
    ...inventories(resources),
    ...inventoriesKey(resources),
    ...rulesetsAndDeltas(resources),
    ...indexRead(resources),
    ...artifactsKey(resources),
    ...recordsRead(resources),
    ...scans(resources),
    ...batchesSent(resources),
    ...batcherInvoked(resources),
    ...failureMessages(resources),
    ...stateKey(resources, ['dynamodb', 'sqs']),
  ],
  'scan-finisher': (resources) => [
    ...deadLettersSeen(resources),
    ...rulesets(resources),
    ...recordsRead(resources),
    ...scans(resources, { ownPointers: finisherPointers }),
    ...owedAlerts(resources),
    ...alertsPublished(resources),
    ...operatorsNotified(resources),
    ...largeAlerts(resources),
    ...indexJoined(resources),
    ...artifactsKey(resources),
    ...batcherInvoked(resources),
    ...failureMessages(resources),
    ...stateKey(resources, ['dynamodb', 'sqs', 'sns']),
  ],
  redrive: (resources) => [...deadLettersMoved(resources), ...stateKey(resources, ['sqs'])],
};

/** Permissions of both analyzers. */
function analysis(resources: RoleResources): readonly Statement[] {
  return [
    ...corpusMissing(resources),
    ...corpusKeys(resources),
    ...rulesets(resources),
    ...recordsWritten(resources),
    ...matches(resources),
    ...alertsPublished(resources),
    ...largeAlerts(resources),
    ...indexWritten(resources),
    ...artifactsKey(resources),
    ...stateKey(resources, ['dynamodb', 'sqs', 'sns']),
  ];
}

/** Returns the permissions of a function's role: least privilege, statement by statement. */
export function statementsFor(name: FunctionName, resources: RoleResources): readonly Statement[] {
  const logs: Statement = {
    Sid: 'OwnLogs',
    Effect: 'Allow',
    // It cannot create a group: the stack has created it, encrypted and with retention.
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: pulumi.interpolate`${resources.logGroupArn}:*`,
  };
  return [logs, ...grants[name](resources)];
}
