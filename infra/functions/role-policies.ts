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
  failuresTold,
  liveQueue,
  operatorsNotified,
  retroQueues,
} from './message-statements.ts';
import type { RoleResources } from './role-resources.ts';
import {
  corpusListing,
  corpusMissing,
  corpusObjects,
  inventories,
  largeAlerts,
  rulesets,
  rulesetsAndDeltas,
} from './s3-statements.ts';
import { matches, owedAlerts, recordsRead, recordsWritten, scans } from './table-statements.ts';

/** Where running scans were, and which active ruleset operators know of: src/app/scans/scan-progress.ts, src/app/rulesets/notice-ruleset-changes.ts. */
const finisherPointers = ['scans/progress', 'ruleset/noticed'];

/** By function what its code calls, and no more: src/adapters/aws has the calls. */
const grants: Readonly<Record<FunctionName, (resources: RoleResources) => readonly Statement[]>> = {
  'live-analyzer': (resources) => [
    ...liveQueue(resources),
    ...corpusObjects(resources, { byName: true }),
    // Told of files that arrive, not of those that are scanned again.
    ...cleanNoticesPublished(resources),
    ...analysis(resources),
  ],
  'retro-analyzer': (resources) => [
    ...retroQueues(resources),
    ...corpusObjects(resources, { byName: false }),
    ...analysis(resources),
  ],
  batcher: (resources) => [
    ...corpusListing(resources),
    ...inventories(resources),
    ...inventoriesKey(resources),
    ...rulesetsAndDeltas(resources),
    ...artifactsKey(resources),
    ...recordsRead(resources),
    ...scans(resources),
    ...batchesSent(resources),
    ...batcherInvoked(resources),
    ...failuresTold(resources),
    ...stateKey(resources, ['dynamodb', 'sqs']),
  ],
  'scan-finisher': (resources) => [
    ...deadLettersSeen(resources),
    ...rulesets(resources),
    ...recordsRead(resources),
    ...scans(resources, finisherPointers),
    ...owedAlerts(resources),
    ...alertsPublished(resources),
    ...operatorsNotified(resources),
    ...largeAlerts(resources),
    ...artifactsKey(resources),
    ...batcherInvoked(resources),
    ...failuresTold(resources),
    ...stateKey(resources, ['dynamodb', 'sqs', 'sns']),
  ],
  redrive: (resources) => [...deadLettersMoved(resources), ...stateKey(resources, ['sqs'])],
};

/** What both analyzers do. */
function analysis(resources: RoleResources): readonly Statement[] {
  return [
    ...corpusMissing(resources),
    ...corpusKeys(resources),
    ...rulesets(resources),
    ...recordsWritten(resources),
    ...scans(resources),
    ...matches(resources),
    ...alertsPublished(resources),
    ...largeAlerts(resources),
    ...artifactsKey(resources),
    ...stateKey(resources, ['dynamodb', 'sqs', 'sns']),
  ];
}

/** What the role of a function may do: least privilege, statement by statement. */
export function statementsFor(name: FunctionName, resources: RoleResources): readonly Statement[] {
  const logs: Statement = {
    Sid: 'OwnLogs',
    Effect: 'Allow',
    // No group is made here: it is there already, encrypted and with its retention.
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: pulumi.interpolate`${resources.logGroupArn}:*`,
  };
  return [logs, ...grants[name](resources)];
}
