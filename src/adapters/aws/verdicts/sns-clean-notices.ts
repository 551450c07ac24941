import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { CleanNotice } from '../../../domain/alerts/clean-notice.ts';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { safeJson } from '../../../domain/text/safe-json.ts';
import { translateAwsError } from '../aws-errors.ts';
import { attributeText, messageText } from '../sqs/message-text.ts';

/** Notifies a topic of files without matches. */
export interface CleanNotices {
  /** @throws RearviewError `ERR_ALERT_DELIVERY`, retryable */
  send(notice: CleanNotice): Promise<void>;
}

/**
 * Publishes each notice with the attributes `bucket` and `kind` for filtering. A notice is far
 * below the limit of SNS, because keys and metadata are. Needs `sns:Publish` on the topic,
 * `kms:GenerateDataKey*` and `kms:Decrypt` if it has a KMS key.
 */
export function createSnsCleanNotices(options: {
  readonly client: SNSClient;
  readonly topicArn: string;
}): CleanNotices {
  const { client, topicArn } = options;
  return {
    async send(notice) {
      const { bucket } = notice.object;
      const text = (value: string) => ({ DataType: 'String', StringValue: attributeText(value) });
      const command = new PublishCommand({
        TopicArn: topicArn,
        Message: messageText(safeJson(notice)),
        MessageAttributes: { bucket: text(bucket), kind: text(notice.scan.kind) },
      });
      await client.send(command).catch((error: unknown) => {
        const cause = translateAwsError(error, { what: `The topic ${topicArn}`, permission: 'sns:Publish' });
        const message = `Cannot publish notice ${notice.id} of a clean file: ${messageOf(cause)}`;
        throw new RearviewError('ERR_ALERT_DELIVERY', message, { cause, retryable: true });
      });
    },
  };
}
