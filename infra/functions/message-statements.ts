import type { Statement } from '../handles.ts';
import { batcherArn, type RoleResources } from './role-resources.ts';

/** What Lambda does in the name of the role that a mapping feeds: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const polling = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;
const looking = ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'] as const;

/** Arrivals. */
export function liveQueue({ queues: { live } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'LiveQueue', Effect: 'Allow', Action: polling, Resource: live.arn }];
}

/** Batches: kept from others while they are worked on, and sent anew where there was no time for all of one. */
export function retroQueue({ queues: { retro } }: RoleResources): readonly Statement[] {
  const Action = [...polling, 'sqs:ChangeMessageVisibility', 'sqs:SendMessage'];
  return [{ Sid: 'RetroQueue', Effect: 'Allow', Action, Resource: retro.arn }];
}

/** Batches that are due. */
export function batchesSent({ queues: { retro } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'BatchesSent', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: retro.arn }];
}

/** Dead letters are looked at, and left where they are. */
export function deadLettersSeen({ queues: { live, retro } }: RoleResources): readonly Statement[] {
  const Resource = [live.deadLetterArn, retro.deadLetterArn];
  return [{ Sid: 'DeadLettersSeen', Effect: 'Allow', Action: looking, Resource }];
}

/** Dead letters go back to the queue that they came from. */
export function deadLettersMoved({ queues: { live, retro } }: RoleResources): readonly Statement[] {
  return [
    {
      Sid: 'DeadLettersTaken',
      Effect: 'Allow',
      Action: [...looking, 'sqs:DeleteMessage'],
      Resource: [live.deadLetterArn, retro.deadLetterArn],
    },
    { Sid: 'DeadLettersSent', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: [live.arn, retro.arn] },
  ];
}

/** Lambda tells of asynchronous invocations that failed in the name of the role. */
export function failuresTold({ queues: { failures } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'FailuresTold', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: failures.arn }];
}

export function alertsPublished({ topics: { alertsArn } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'AlertsPublished', Effect: 'Allow', Action: 'sns:Publish', Resource: alertsArn }];
}

/** Notices for operators. */
export function operatorsNotified({ topics: { operationsArn } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'OperatorsNotified', Effect: 'Allow', Action: 'sns:Publish', Resource: operationsArn }];
}

/** Notices of clean files, where they are configured. */
export function cleanNoticesPublished({ topics: { cleanArn } }: RoleResources): readonly Statement[] {
  if (cleanArn === null) return [];
  return [{ Sid: 'CleanNoticesPublished', Effect: 'Allow', Action: 'sns:Publish', Resource: cleanArn }];
}

/** The batcher, by the alias that plans. */
export function batcherInvoked({ context }: RoleResources): readonly Statement[] {
  return [{ Sid: 'BatcherInvoked', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: batcherArn(context) }];
}
