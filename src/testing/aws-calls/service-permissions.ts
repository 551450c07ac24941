import { queuePermission } from './other-permissions.ts';
import type { Permission } from './permission.ts';

/** What Lambda does by the role of a function, where no code of ours calls: emulators do it by themselves, so it is not recorded. */

/** To poll a queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
export function pollingPermissions(queue: string): readonly Permission[] {
  return ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((each) => queuePermission(each, queue));
}

/** To tell a queue of an asynchronous invocation that failed: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export function onFailurePermissions(queue: string): readonly Permission[] {
  return [queuePermission('SendMessage', queue)];
}

/** To write logs into a group that is there: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-prereqs.html */
export const loggingActions = ['logs:CreateLogStream', 'logs:PutLogEvents'] as const;
