import { type AwsCall, callsFor, circumstancesOf } from './calls-of.ts';
import type { Counterparts } from './counterparts.ts';
import { queuePermission } from './other-permissions.ts';

/**
 * Of SQS, to poll a queue:
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
 * What Lambda does by the roles of functions, where no code of ours calls: it polls, tells of
 * failures, and writes logs. The emulated Lambda does that by itself, so it is not among the
 * recorded requests.
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
