import { RearviewError } from '../../../domain/errors.ts';
import { replaceUnsafe } from '../../../domain/text/unsafe-characters.ts';

/**
 * Everything except `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`,
 * the characters that SQS accepts:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html#API_SendMessage_RequestSyntax
 */
const refused = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const refusedInAttributes = /[\u{fffe}\u{ffff}]/gu;

/** Maximum length of an attribute value, in UTF-16 code units. */
const maxAttributeCharacters = 256;

/**
 * Escapes a JSON text for SQS and SNS: characters that they refuse, including lone surrogates, are
 * written as `\uNNNN`. The parsed value stays the same. Other texts are returned unchanged if they
 * have no such character.
 *
 * @throws RearviewError `ERR_CONFIG` for texts that are not JSON and have one
 */
export function messageText(json: string): string {
  const text = json.replaceAll(refused, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (text !== json && !isJson(text)) {
    throw new RearviewError(
      'ERR_CONFIG',
      `Cannot send "${json.slice(0, 80)}": it has characters that SQS does not accept, and is not JSON in which they could be escaped.`,
    );
  }
  return text;
}

/**
 * Prepares a text as the value of a message attribute. Characters that SNS refuses, or that hide or
 * reverse text, are replaced by U+FFFD. A text that is too long is cut.
 */
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
