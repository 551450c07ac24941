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

test('a bad value is described by what it must be, in words of its own and with the value', (t) => {
  const values = ['many', '-1', '1.5', ' ', '{"maxDepth": 0, "depth": 1}', '[1]', 'null', '{'];
  for (const value of values) {
    const env = Object.fromEntries(Object.values(awsSettings).map((name) => [name, value]));
    const message = t.throws(() => readAwsConfig(env), { code: 'ERR_CONFIG' })?.message ?? '';
    t.notRegex(message, /Invalid (input|option)|NaN|expected|received/, value);
  }
  const messageOf = (name: AwsSettingName, value: string) =>
    t.throws(() => readAwsConfig({ [awsSettings[name]]: value }, outputs))?.message ?? '';
  t.regex(messageOf('maxObjectBytes', '64MB'), /MAX_OBJECT_BYTES .*: must be a whole number of 1 or more, not "64MB"/);
  t.regex(messageOf('versioned', 'yes'), /VERSIONED .*: must be true or false, not "yes"/);
  t.regex(messageOf('largeFiles', 'tail'), /LARGE_FILES .*: must be one of skip, head, not "tail"/);
  t.regex(messageOf('unpack', '{"maxDepth": 0}'), /UNPACK .*: maxDepth must be 1 or more, not 0/);
  t.regex(messageOf('unpack', '{"depth": 1}'), /UNPACK .*: has unknown keys: "depth"/);
});

test('the region of the stack is read from its outputs', (t) => {
  t.is(readAwsConfig({}, { ...outputs, region: 'eu-central-1' }).region, 'eu-central-1');
  t.is(readAwsCorpus({}, { corpusBuckets: 'one', region: 'eu-central-1' }).region, 'eu-central-1');
  t.false('region' in readAwsConfig({}, outputs));
});
