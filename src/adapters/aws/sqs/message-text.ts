import { RearviewError } from '../../../domain/errors.ts';
import { replaceUnsafe } from '../../../domain/text/unsafe-characters.ts';

/**
 * All but `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`, which is what SQS takes:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_RequestSyntax
 */
const refused = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const refusedInAttributes = /[\u{fffe}\u{ffff}]/gu;

/** Longest value of an attribute, in UTF-16 code units. */
const maxAttributeCharacters = 256;

/**
 * A JSON text as SQS and SNS take it: characters that they refuse, lone surrogates among them, are written as `\uNNNN`. What it parses to stays the
 * same. Other texts pass as they are where they hold no such character.
 *
 * @throws RearviewError `ERR_CONFIG` for texts that are no JSON and hold one
 */
export function messageText(json: string): string {
  const text = json.replaceAll(refused, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (text !== json && !isJson(text)) {
    throw new RearviewError(
      'ERR_CONFIG',
      `"${json.slice(0, 80)}" cannot be sent: it has characters that SQS does not take, and is no JSON in which they could be escaped.`,
    );
  }
  return text;
}

/** A text as the value of a message attribute: what SNS refuses there, and what hides or turns text around, is replaced by U+FFFD. What is too long is cut. */
export function attributeText(text: string): string {
  const safe = replaceUnsafe(text.slice(0, maxAttributeCharacters), () => '\u{fffd}');
  return safe.replaceAll(refusedInAttributes, '\u{fffd}');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
