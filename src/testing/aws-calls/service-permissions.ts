import { type AwsCall, callsFor, circumstancesOf } from './calls-of.ts';
import type { Counterparts } from './counterparts.ts';
import { queuePermission } from './other-permissions.ts';

/**
 * The actions of SQS to poll a queue:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
 */
const polling = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
const polled = [
  ['live-analyzer', 'live'],
  ['retro-analyzer', 'retro'],
  ['retro-analyzer', 'preview'],
] as const;
/**
 * Whose asynchronous invocations are told of where they failed:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const notified = ['batcher', 'scan-finisher'];
/**
 * To write logs into a group that is there:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-prereqs.html
 */
const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * The calls that Lambda itself makes with the roles of functions: it polls, reports failures, and
 * writes logs. The recorded requests do not include them, because the emulated Lambda works without
 * them.
 */
export function callsOfLambda(stack: Counterparts): readonly AwsCall[] {
  return [
    ...polled.flatMap(([caller, queue]) =>
      polling.flatMap((action) => callsFor(caller, queuePermission(action, queue), stack)),
    ),
    ...notified.flatMap((caller) => callsFor(caller, queuePermission('SendMessage', 'failures'), stack)),
    ...Object.entries(stack.logGroups).flatMap(([caller, group]) =>
      logging.map((action) => {
        const { role, context } = circumstancesOf(caller, stack);
        const resource = `arn:aws:logs:${stack.region}:${stack.account}:log-group:${group}:log-stream:any`;
        return { caller, role, action, resource, context };
      }),
    ),
  ];
}
