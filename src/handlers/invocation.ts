import * as z from 'zod';
import type { TimeLimit } from '../app/analysis/work-through.ts';
import type { Observe } from '../app/pipeline/events.ts';
import { createAwsClients, inRegion } from '../targets/aws/aws-clients.ts';
import { readAwsConfig } from '../targets/aws/aws-config.ts';
import { type AwsTarget, openAwsTarget } from '../targets/aws/aws-target.ts';
import { logLevelVariable } from '../targets/aws/function-names.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';

/** An unknown level must not stop the scans. */
const logLevels = z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).catch('INFO');

/** Time to store and report the results after the last object. */
const closingMs = 10_000;

/**
 * The fields of Lambda's context that are used:
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export interface LambdaContext {
  readonly functionName: string;
  /** With the alias of the invocation, if there is one. */
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The parts of a handler, besides its event. */
export interface Invocation {
  readonly target: AwsTarget;
  readonly telemetry: Telemetry;
  readonly requestId: string;
  /** The alias or version that was invoked; null if none was named. */
  readonly alias: string | null;
  /** The time for objects, and to store their outcomes. */
  readonly time: TimeLimit;
  /** Aborted when there is no time for another step. */
  readonly signal: AbortSignal;
}

/**
 * Belongs to the execution environment: Lambda keeps it from one invocation to the next, and runs one
 * invocation at a time.
 */
let opened: AwsTarget | undefined;
let current: Telemetry | undefined;

/**
 * Reports to the invocation that runs now. An event between two invocations belongs to none: Lambda
 * freezes the process then.
 */
export const observe: Observe = (event) => current?.observe(event);

function openTarget(): AwsTarget {
  opened ??= openInLambda();
  return opened;
}

function openInLambda(): AwsTarget {
  const config = readAwsConfig(process.env);
  // AWS keeps the clocks of its machines.
  const clients = createAwsClients({ ...inRegion(config.region), disableClockSkewCorrection: true });
  return openAwsTarget({ config, observe, clients });
}

/**
 * Makes a Lambda handler: opens the target once, reports events, and logs what the use case throws
 * before Lambda sees it.
 * @throws what `handle` throws, for Lambda to try again
 */
export function defineHandler<Result>(
  handle: (event: unknown, invocation: Invocation) => Promise<Result>,
): (event: unknown, context: LambdaContext) => Promise<Result> {
  return async (event, context) => {
    const { functionName, awsRequestId: requestId } = context;
    const telemetry = createTelemetry({
      functionName,
      requestId,
      logLevel: logLevels.parse(process.env[logLevelVariable]),
    });
    current = telemetry;
    const [ending, givingUp] = [new AbortController(), new AbortController()];
    const timers: NodeJS.Timeout[] = [];
    try {
      const target = openTarget();
      const begunWithMs = context.getRemainingTimeInMillis();
      // A shorter time-out must leave time for some work, too.
      const marginMs = Math.min(scanMs(target.config) + closingMs, begunWithMs / 2);
      const reserveMs = Math.min(closingMs, begunWithMs / 4);
      timers.push(setTimeout(() => ending.abort(), begunWithMs - marginMs));
      timers.push(setTimeout(() => givingUp.abort(), begunWithMs - reserveMs));
      return await handle(event, {
        target,
        telemetry,
        requestId,
        alias: aliasOf(context.invokedFunctionArn),
        time: { isTimeLeft: () => context.getRemainingTimeInMillis() > marginMs, giveUp: givingUp.signal },
        signal: ending.signal,
      });
    } catch (error) {
      telemetry.log.error('invocation failed', error);
      throw error;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      telemetry.flush();
    }
  };
}

/** The longest time for one object: itself, then its members, the last of which may take as long. */
function scanMs({ deadlineMs, unpack }: AwsTarget['config']): number {
  return unpack === null ? deadlineMs : 2 * deadlineMs + unpack.maxMs;
}

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<alias or version>]` */
function aliasOf(arn: string): string | null {
  return arn.split(':')[7] ?? null;
}
