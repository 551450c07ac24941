import test from 'ava';
import { arnPatternOf, bucketArn, roleArn, viaService } from './arns.ts';
import { contextFor } from './testing/context-for-tests.ts';

test('ARNs are those of the stack, in its AWS partition', (t) => {
  const context = { ...contextFor('prod'), partition: 'aws-us-gov' };
  t.is(bucketArn(context, 'corpus'), 'arn:aws-us-gov:s3:::rearview-prod-corpus-111122223333-eu-central-1');
  t.is(roleArn(context, 'batcher'), 'arn:aws-us-gov:iam::111122223333:role/rearview-prod-batcher');
  t.is(
    arnPatternOf(context, 'cloudwatch', 'alarm:'),
    'arn:aws-us-gov:cloudwatch:eu-central-1:111122223333:alarm:rearview-prod-*',
  );
});

test('services have a different domain in China', (t) => {
  const context = contextFor('prod');
  t.is(viaService(context, 'sqs'), 'sqs.eu-central-1.amazonaws.com');
  const china = { ...context, partition: 'aws-cn', region: 'cn-north-1' };
  t.is(viaService(china, 's3'), 's3.cn-north-1.amazonaws.com.cn');
});
