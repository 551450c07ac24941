import * as pulumi from '@pulumi/pulumi';
import { bucketArn } from '../arns.ts';
import type { StackContext } from '../context.ts';
import { expireAfter, tidyRules } from './lifecycle.ts';
import { PrivateBucket } from './private-bucket.ts';

/** Parts of the names of the logged buckets. */
const logged = ['corpus', 'artifacts', 'quarantine'] as const;

/**
 * The bucket for S3 access logs. It uses S3's own keys: S3 cannot deliver to a bucket with a KMS
 * key.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function createAccessLogs(context: StackContext, opts: pulumi.ComponentResourceOptions): PrivateBucket {
  return new PrivateBucket(
    context,
    {
      part: 'logs',
      keyArn: null,
      versioned: false,
      isData: true,
      lifecycle: [...tidyRules, expireAfter('', context.config.corpus.accessLogDays)],
      statements: (arn) => [
        {
          Sid: 'AccessLogsAreDelivered',
          Effect: 'Allow',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: pulumi.interpolate`${arn}/*`,
          Condition: {
            StringEquals: { 'aws:SourceAccount': context.account },
            ArnEquals: { 'aws:SourceArn': logged.map((part) => bucketArn(context, part)) },
          },
        },
      ],
    },
    opts,
  );
}
