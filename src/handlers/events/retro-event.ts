import { parseMessage } from '../../app/pipeline/messages.ts';
import { messageOf } from '../../domain/errors.ts';
import { sqsRecords } from './sqs-records.ts';
import { jsonOf, problem, type RetroItem } from './work-items.ts';

/**
 * The work in an event of the retro analyzer: SQS messages, each with one batch. Anything else
 * yields a `problem`; nothing is thrown.
 */
export function parseRetroEvent(event: unknown): readonly RetroItem[] {
  const whole = { messageId: null, receiveCount: 1 };
  const records = sqsRecords(event);
  if (records === null) {
    return [{ ...problem('The event is not an SQS event.', jsonOf(event)), ...whole }];
  }
  return records.map((record): RetroItem => {
    if (record.messageId === null) return { ...whole, type: 'problem', problem: record.problem };
    const { messageId, receiveCount, body } = record;
    return { ...parseBatch(body), messageId, receiveCount };
  });
}

function parseBatch(body: string) {
  try {
    const message = parseMessage(body);
    return message.type === 'batch' ? message : problem('An object that arrived is in the retro queue.', body);
  } catch (error) {
    return problem(messageOf(error), body);
  }
}
