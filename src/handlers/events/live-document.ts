import * as z from 'zod';
import { readMessage } from '../../app/pipeline/messages.ts';
import { messageOf } from '../../domain/errors.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import { parseEventBridgeEvent } from './eventbridge-event.ts';
import { parseS3Record } from './s3-notification.ts';
import { type EventItem, jsonOf, problem } from './work-items.ts';

/** Fields that distinguish the kinds of documents. */
const signs = z
  .object({
    /** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
    Type: z.unknown(),
    Message: z.unknown(),
    TopicArn: z.unknown(),
    /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
    Records: z.unknown(),
    Event: z.unknown(),
    Bucket: z.unknown(),
    source: z.unknown(),
    /** Present in messages of Rearview. */
    type: z.unknown(),
  })
  .partial();

/** Parses a text of the live queue: `parseLiveDocument` of its JSON. */
export function parseLiveText(text: string, options: { readonly versioned: boolean }): readonly EventItem[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return [problem(`The message is not JSON: ${messageOf(error)}.`, text)];
  }
  return parseLiveDocument(json, options);
}

/**
 * Parses an event of S3 in any form: as S3 sends it, as EventBridge does, as a message of Rearview,
 * or any of these in the envelope of SNS. Returns at least one item.
 */
export function parseLiveDocument(json: unknown, options: { readonly versioned: boolean }): readonly EventItem[] {
  const text = jsonOf(json);
  const { success, data: has } = checkShape(signs, json);
  if (!success)
    return [problem('The message is not an S3 event or a message of Rearview: it is not a JSON object.', text)];
  if (has.Type !== undefined && has.TopicArn !== undefined) return parseEnvelope(has, text, options);
  if (has.Event === 's3:TestEvent') {
    return [{ type: 'ignored', reason: 'test_event', detail: `s3:TestEvent of ${nameOf(has.Bucket)}` }];
  }
  if (Array.isArray(has.Records)) {
    if (has.Records.length === 0) return [problem('The message has no records.', text)];
    return has.Records.map((record: unknown) => parseS3Record(record, options));
  }
  if (has.source === 'aws.s3') return [parseEventBridgeEvent(json, options)];
  if (has.type !== undefined) return [parseOwn(json, text)];
  return [problem('The message is not an S3 event or a message of Rearview.', text)];
}

function parseEnvelope(
  { Type: type, Message: message, TopicArn: topic }: z.infer<typeof signs>,
  text: string,
  options: { readonly versioned: boolean },
): readonly EventItem[] {
  if (type === 'Notification' && typeof message === 'string') return parseLiveText(message, options);
  if (type === 'SubscriptionConfirmation') {
    return [problem(`The subscription of this queue to ${nameOf(topic)} awaits its confirmation: confirm it.`, text)];
  }
  return [problem(`The SNS message has the type ${nameOf(type)}, or no text.`, text)];
}

/**
 * A value that should be a name, as it is or as JSON. `String` would call a `toString` of the
 * event.
 */
function nameOf(value: unknown): string {
  return (typeof value === 'string' ? value : jsonOf(value)).slice(0, 200);
}

function parseOwn(json: unknown, text: string): EventItem {
  try {
    const message = readMessage(json);
    if (message.type === 'batch') return problem('A batch of a retro scan is in the live queue.', text);
    const { type: _, ...object } = message;
    return { type: 'object', object };
  } catch (error) {
    return problem(messageOf(error), text);
  }
}
