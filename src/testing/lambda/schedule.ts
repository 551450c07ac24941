import { randomUUID } from 'node:crypto';
import type { ScheduledEvent } from 'aws-lambda';
import { account, region } from './function-options.ts';

/** A rule that invokes a function at a rate. */
export interface Schedule {
  /** Sends an extra event now; returns its request id. */
  fire(): string;
  stop(): void;
}

/** Calls `accept` every `everyMs` with an event of EventBridge, first when that time is over. Infinite: only `fire` does. */
export function startSchedule(rule: string, everyMs: number, accept: (payload: string) => string): Schedule {
  const fire = () => accept(JSON.stringify(scheduledEvent(rule)));
  // A timer cannot wait for ever: it would ring without pause.
  const timer = Number.isFinite(everyMs) ? setInterval(fire, everyMs) : undefined;
  return { fire, stop: () => clearInterval(timer) };
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-scheduled-events.html */
function scheduledEvent(rule: string): ScheduledEvent<Record<string, never>> {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/${rule}`],
    detail: {},
  };
}
