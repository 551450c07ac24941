import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchResultErrorEntry, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { RearviewError } from '../../../domain/errors.ts';
import { isThrottling, translateAwsError, unavailable } from '../aws-errors.ts';
import { messageText } from './message-text.ts';
import { packForSqs } from './pack-for-sqs.ts';

const longestPauseMs = 5000;

export interface SendOptions {
  readonly client: SQSClient;
  readonly url: string;
  /** The queue, for error messages. */
  readonly what: string;
  /** Requests for a message that SQS fails to accept, not counting the client's own retries. */
  readonly attempts: number;
  /**
   * Milliseconds of the longest pause before the second request; it doubles with each, up to 5 s.
   * The pause is random below that.
   */
  readonly retryMs: number;
}

/**
 * Sends every body, in requests as full as SQS allows. Only the rest of a partly accepted request
 * is sent again. Returns the ids from SQS, in no particular order. After an error, some bodies may
 * have been sent: send all of them again.
 *
 * @throws RearviewError `ERR_CONFIG` if SQS refuses a body permanently, `ERR_UNAVAILABLE`
 *   (retryable) if it accepted it in none of the attempts
 */
export async function sendToSqs(options: SendOptions, bodies: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  // Packed before the first is sent: a body that cannot be sent stops all of them.
  for (const batch of packForSqs(bodies.map(messageText))) ids.push(...(await sendBatch(options, batch)));
  return ids;
}

async function sendBatch({ client, url, what, attempts, retryMs }: SendOptions, batch: readonly string[]) {
  const ids: string[] = [];
  let rest = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  for (let attempt = 1; ; attempt += 1) {
    const { Successful = [], Failed = [] } = await client
      .send(new SendMessageBatchCommand({ QueueUrl: url, Entries: rest }))
      .catch((error: unknown) => Promise.reject(translateAwsError(error, { what, permission: 'sqs:SendMessage' })));
    const sent = new Map(Successful.map(({ Id, MessageId }) => [Id, MessageId]));
    ids.push(...[...sent.values()].filter((id) => id !== undefined));
    for (const each of Failed) if (each.SenderFault === true) throw refused(what, each);
    // Entries missing in the response count as failed.
    rest = rest.filter(({ Id }) => !sent.has(Id));
    if (rest.length === 0) return ids;
    if (attempt >= attempts) {
      const why = Failed.map(({ Code, Message }) => [Code, Message].filter((text) => text !== undefined).join(': '));
      throw unavailable(
        what,
        `(${rest.length} of ${batch.length} messages were not accepted in ${attempts} attempts: ${why[0]})`,
      );
    }
    await sleep(Math.random() * Math.min(longestPauseMs, retryMs * 2 ** (attempt - 1)));
  }
}

function refused(what: string, { Code = 'unknown', Message = '' }: BatchResultErrorEntry): RearviewError {
  if (isThrottling(Code)) return unavailable(what, `(${Code}: ${Message})`);
  return new RearviewError('ERR_CONFIG', `${what} does not accept a message (${Code}: ${Message}).`);
}
