import type { Statement } from '../handles.ts';
import { batcherArn, type RoleResources } from './role-resources.ts';

/**
 * Actions of Lambda with the role that an event source mapping uses:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const polling = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;
const looking = ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'] as const;

/** Arriving objects; messages that failed return after a pause. */
export function liveQueue({ queues: { live } }: RoleResources): readonly Statement[] {
  const Action = [...polling, 'sqs:ChangeMessageVisibility'];
  return [{ Sid: 'LiveQueue', Effect: 'Allow', Action, Resource: live.arn }];
}

/**
 * Batches of retro scans and previews: hidden from others during the work. Those of retro scans are
 * sent again if there was no time for all of one.
 */
export function retroQueues({ queues: { retro, preview } }: RoleResources): readonly Statement[] {
  const Action = [...polling, 'sqs:ChangeMessageVisibility'];
  return [
    { Sid: 'RetroQueues', Effect: 'Allow', Action, Resource: [retro.arn, preview.arn] },
    { Sid: 'BatchesSentAnew', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: retro.arn },
  ];
}

/** Batches that are due. */
export function batchesSent({ queues: { retro, preview } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'BatchesSent', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: [retro.arn, preview.arn] }];
}

/** Dead letters are read, and stay in their queue. */
export function deadLettersSeen({ queues: { live, retro, preview } }: RoleResources): readonly Statement[] {
  const Resource = [live, retro, preview].map(({ deadLetterArn }) => deadLetterArn);
  return [{ Sid: 'DeadLettersSeen', Effect: 'Allow', Action: looking, Resource }];
}

/** Dead letters return to their original queue. */
export function deadLettersMoved({ queues: { live, retro, preview } }: RoleResources): readonly Statement[] {
  const all = [live, retro, preview];
  return [
    {
      Sid: 'DeadLettersTaken',
      Effect: 'Allow',
      Action: [...looking, 'sqs:DeleteMessage'],
      Resource: all.map(({ deadLetterArn }) => deadLetterArn),
    },
    { Sid: 'DeadLettersSent', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: all.map(({ arn }) => arn) },
  ];
}

/** Lambda reports failed asynchronous invocations with the role. */
export function failureMessages({ queues: { failures } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'FailuresTold', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: failures.arn }];
}

export function alertsPublished({ topics: { alertsArn } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'AlertsPublished', Effect: 'Allow', Action: 'sns:Publish', Resource: alertsArn }];
}

/** Notices for operators. */
export function operatorsNotified({ topics: { operationsArn } }: RoleResources): readonly Statement[] {
  return [{ Sid: 'OperatorsNotified', Effect: 'Allow', Action: 'sns:Publish', Resource: operationsArn }];
}

/** Notices of clean files, if they are configured. */
export function cleanNoticesPublished({ topics: { cleanArn } }: RoleResources): readonly Statement[] {
  if (cleanArn === null) return [];
  return [{ Sid: 'CleanNoticesPublished', Effect: 'Allow', Action: 'sns:Publish', Resource: cleanArn }];
}

/** The batcher, by the alias that plans. */
export function batcherInvoked({ context }: RoleResources): readonly Statement[] {
  return [{ Sid: 'BatcherInvoked', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: batcherArn(context) }];
}
