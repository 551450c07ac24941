import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { RearviewError } from '../../domain/errors.ts';
import type { Activity } from './activity.ts';
import { queueState } from './queue-state.ts';

const pollMs = 20;

export interface IdleOptions {
  readonly activity: Activity;
  readonly sqs: SQSClient | undefined;
  readonly queueUrls: () => readonly string[];
  readonly timeoutMs: number;
}

/** Resolves when nothing runs or waits and the queues are empty. Throws `ERR_STATE`, with what is left, when that takes longer than `timeoutMs`. */
export async function waitUntilIdle({ activity, sqs, queueUrls, timeoutMs }: IdleOptions): Promise<void> {
  for (const until = performance.now() + timeoutMs; ; ) {
    const before = activity.changes;
    const left = [...activity.list(), ...(await fullQueues(sqs, queueUrls()))];
    // Work that began and ended meanwhile may have filled a queue that was checked before.
    if (left.length === 0 && activity.changes === before) return;
    if (performance.now() > until) {
      const what = left.length === 0 ? 'invocations come and go' : left.join('; ');
      throw new RearviewError('ERR_STATE', `The functions were not idle within ${timeoutMs} ms. Left: ${what}.`);
    }
    await sleep(pollMs);
  }
}

async function fullQueues(sqs: SQSClient | undefined, urls: readonly string[]): Promise<readonly string[]> {
  if (sqs === undefined) return [];
  const lines: string[] = [];
  for (const url of urls) {
    const { visible, inFlight, delayed } = await queueState(sqs, url);
    const name = url.slice(url.lastIndexOf('/') + 1);
    if (visible + inFlight + delayed > 0) {
      lines.push(`queue ${name} (visible ${visible}, in flight ${inFlight}, delayed ${delayed})`);
    }
  }
  return lines;
}
