import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import type { OperatorNotices } from '../../../ports/operator-notices.ts';
import { translateAwsError } from '../aws-errors.ts';

/**
 * Publishes notices for operators to a topic, each as plain text with a subject. Needs
 * `sns:Publish` on the topic, and `kms:GenerateDataKey` and `kms:Decrypt` if it has a KMS key.
 */
export function createSnsOperatorNotices(options: {
  readonly client: SNSClient;
  readonly topicArn: string;
}): OperatorNotices {
  const { client, topicArn } = options;
  return {
    async send({ subject, text }) {
      const command = new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text });
      await client.send(command).catch((error: unknown) => {
        const cause = translateAwsError(error, { what: `The topic ${topicArn}`, permission: 'sns:Publish' });
        const message = `Cannot send the notice "${subject}": ${messageOf(cause)}`;
        throw new RearviewError('ERR_ALERT_DELIVERY', message, { cause, retryable: true });
      });
    },
  };
}
