import type { MessageAttributeValue } from '@aws-sdk/client-sns';
import type { Alert } from '../../../domain/alerts/alert.ts';
import type { AlertFormat } from '../../../domain/alerts/render-alert.ts';
import { safeJson } from '../../../domain/text/safe-json.ts';
import { attributeText } from '../sqs/message-text.ts';

/**
 * Subjects have less than 100 characters:
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const maxSubjectCharacters = 99;
/** Maximum length of `tags`, in UTF-16 code units of its JSON. */
const maxTagsCharacters = 4096;

export type SnsAttributes = Readonly<Record<string, MessageAttributeValue>>;

/**
 * Returns the attributes that subscriptions filter by
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html): `rule` (its name),
 * `namespace`, `severity`, `bucket`, `kind` (`live` or `retro`), `reason`, `scan` and `tags` (a
 * list). There are eight, since raw delivery to SQS allows ten. Empty attributes are left out, long
 * values are cut, and of very many tags the first are kept.
 */
export function alertAttributes({ rule, object, scan, reason }: Alert): SnsAttributes {
  const texts = Object.entries({
    ...{ rule: rule.name, namespace: rule.namespace, severity: rule.severity },
    ...{ bucket: object.bucket, kind: scan.kind, reason, scan: scan.id },
  }).map(([name, text]) => [name, { DataType: 'String', StringValue: attributeText(text) }] as const);
  const tags = tagsText(rule.tags);
  return Object.fromEntries([
    ...texts.filter(([, { StringValue }]) => StringValue !== ''),
    ...(tags === null ? [] : [['tags', { DataType: 'String.Array', StringValue: tags }] as const]),
  ]);
}

function tagsText(tags: readonly string[]): string | null {
  const kept: string[] = [];
  let length = 2;
  for (const tag of tags.map((each) => safeJson(attributeText(each)))) {
    length += tag.length + 1;
    if (length > maxTagsCharacters) break;
    kept.push(tag);
  }
  return kept.length === 0 ? null : `[${kept.join(',')}]`;
}

/**
 * Returns the subject of emails: one line of printable ASCII. In the format of BinaryAlert, it is
 * that of BinaryAlert.
 */
export function alertSubject({ rule, file }: Alert, format: AlertFormat): string {
  const text =
    format === 'binaryalert'
      ? `[BinaryAlert] ${file.filepath === '' ? file.sha256 : file.filepath} matches a YARA rule`
      : `[Rearview] ${rule.severity}: ${rule.name} in ${file.filename}`;
  const ascii = text.slice(0, 10_000).replaceAll(/[^\x20-\x7e]/gu, '?');
  if (ascii.length <= maxSubjectCharacters) return ascii;
  const half = Math.floor((maxSubjectCharacters - ' ... '.length) / 2);
  return `${ascii.slice(0, half)} ... ${ascii.slice(-half)}`;
}

/** Returns the bytes that attributes add to a message: their names, types and values. */
export function attributesBytes(attributes: SnsAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType = '', StringValue = '' }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    0,
  );
}
