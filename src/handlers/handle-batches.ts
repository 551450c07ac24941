import { analyzeBatch } from '../app/analysis/analyze-batch.ts';
import { batchDue } from '../app/pipeline/messages.ts';
import { RearviewError } from '../domain/errors.ts';
import type { Queue } from '../ports/queue.ts';
import type { AwsTarget } from '../targets/aws/aws-target.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { queueNameOf } from './events/received-messages.ts';
import { parseRetroEvent } from './events/retro-event.ts';
import type { Delivery } from './events/work-items.ts';
import { analyzerOf } from './function-analyzer.ts';
import { defineHandler } from './invocation.ts';
import { keepInvisible } from './keep-invisible.ts';
import { returnEarly } from './return-early.ts';

/** Analyzes batches of retro scans, from SQS, with partial batch responses. */
export const handleBatches = defineHandler(async (event, invocation): Promise<BatchResponse> => {
  const { target, telemetry, time } = invocation;
  const { retro } = target.state.queues;
  const queue = queueOf(target, event);
  const begunAt = new Date().toISOString();
  const failed: (Delivery & { readonly error: unknown })[] = [];
  const onError = (error: unknown) => telemetry.log.warn('visibility not changed', { error: String(error) });
  const release = keepInvisible(queue, event, onError);
  try {
    for (const item of parseRetroEvent(event)) {
      try {
        if (item.type === 'problem') throw new RearviewError('ERR_CONFIG', item.problem);
        const lastAttempt = item.messageId !== null && item.receiveCount >= target.config.maxReceives;
        const result = await analyzeBatch(analyzerOf(invocation), item, { lastAttempt, time });
        // Sent again rather than returned: it has advanced, and must not run out of deliveries
        // because it is long.
        if (result === 'unfinished') await retro.send([batchDue({ since: begunAt, ...item })]);
      } catch (error) {
        const { scanId, batchId } = item.type === 'batch' ? item : { scanId: undefined, batchId: undefined };
        telemetry.log.error('batch not analyzed', error, { scanId, batchId, messageId: item.messageId ?? undefined });
        failed.push({ ...item, error });
      }
    }
  } finally {
    release();
  }
  await analyzerOf(invocation).indexWriter?.flush();
  await returnEarly(queue, event, { failed, maxReceives: target.config.maxReceives, onError });
  telemetry.count('MessagesFailed', failed.length);
  return batchResponse(failed);
});

/** The queue that the event came from: batches of previews have their own. */
function queueOf({ config, state }: AwsTarget, event: unknown): Queue {
  const isPreview = config.previewQueueUrl.endsWith(`/${queueNameOf(event) ?? ''}`);
  return isPreview ? state.queues.preview : state.queues.retro;
}
