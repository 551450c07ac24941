import test from 'ava';
import { readAwsConfig, readAwsCorpus } from './aws-config.ts';
import { type AwsSettingName, awsSettings } from './aws-settings.ts';

const whole = (...names: readonly string[]) => names.map((name) => ({ name, prefix: '' }));

const outputs: Partial<Record<AwsSettingName, unknown>> = {
  ...{
    corpusBuckets: ['one', 'two'],
    artifactsBucket: 'artifacts',
    alertTopicArn: 'arn:t',
    batcherFunction: 'batcher',
  },
  ...{ objectsTable: 'o', scansTable: 's', matchesTable: 'm' },
  ...{ liveQueueUrl: 'https://sqs/1/live', liveDeadLetterUrl: 'https://sqs/1/live-dead' },
  ...{ retroQueueUrl: 'https://sqs/1/retro', retroDeadLetterUrl: 'https://sqs/1/retro-dead' },
  ...{ previewQueueUrl: 'https://sqs/1/preview', previewDeadLetterUrl: 'https://sqs/1/preview-dead' },
};

test('missing settings have their defaults', (t) => {
  t.like(readAwsConfig({}, outputs), {
    ...{ corpusBuckets: whole('one', 'two'), versioned: true, maxObjectBytes: 268_435_456, largeFiles: 'skip' },
    ...{ deadlineMs: 30_000, maxReceives: 3, alertFormat: 'rearview', tagObjects: false, quarantineSeverities: [] },
  });
});

test('a variable overrides an output, and an empty one counts as missing', (t) => {
  const env = {
    [awsSettings.corpusBuckets]: 'a, b',
    [awsSettings.versioned]: 'false',
    [awsSettings.maxObjectBytes]: '1000',
    [awsSettings.scansTable]: '',
    [awsSettings.quarantineSeverities]: 'High,critical',
  };
  t.like(readAwsConfig(env, outputs), {
    ...{ corpusBuckets: whole('a', 'b'), versioned: false, maxObjectBytes: 1000, scansTable: 's' },
    quarantineSeverities: ['high', 'critical'],
  });
});

test('every missing or invalid setting is named at once', (t) => {
  const env = {
    [awsSettings.maxObjectBytes]: 'many',
    [awsSettings.versioned]: 'yes',
    [awsSettings.corpusBuckets]: ' ',
    [awsSettings.unpack]: '{"maxDepth": 0',
  };
  const error = t.throws(() => readAwsConfig(env, { ...outputs, liveQueueUrl: 'live' }), { code: 'ERR_CONFIG' });
  for (const name of ['maxObjectBytes', 'versioned', 'corpusBuckets', 'liveQueueUrl', 'unpack'] as const) {
    t.true(error?.message.includes(awsSettings[name]), name);
  }
  t.regex(
    t.throws(() => readAwsConfig({}))?.message ?? '',
    /REARVIEW_ALERT_TOPIC_ARN \(stack output alertTopicArn\) is missing/,
  );
});

test('a host that uploads only needs the settings of the corpus', (t) => {
  t.deepEqual(readAwsCorpus({ [awsSettings.corpusBuckets]: 'one' }), {
    corpusBuckets: whole('one'),
    versioned: true,
  });
});

test('an invalid corpus bucket is named with its setting', (t) => {
  const env = { [awsSettings.corpusBuckets]: 'one/in/' };
  t.regex(
    t.throws(() => readAwsConfig(env, outputs), { code: 'ERR_CONFIG' })?.message ?? '',
    /REARVIEW_CORPUS_BUCKETS \(stack output corpusBuckets\): the first bucket receives uploads and must not have a prefix/,
  );
});
