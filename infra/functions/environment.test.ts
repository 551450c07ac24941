import test from 'ava';
import { defaultUnpackLimits } from '../../src/domain/inside/limits.ts';
import { readAwsConfig } from '../../src/targets/aws/aws-config.ts';
import { awsSettings } from '../../src/targets/aws/aws-settings.ts';
import { functionNames, recordFunctions } from '../testing/record-functions.ts';
import { testAccount } from '../testing/test-account.ts';
import { testPublicKey } from '../testing/test-public-key.ts';
import { boundedEnvironment, ownVariables } from './environment.ts';

const everything = {
  existingBuckets: [{ name: 'mail-archive', prefix: 'mail/' }, { name: 'shares' }],
  maxObjectBytes: 1_000_000,
  largeFiles: 'head',
  unpack: { maxDepth: 3, passwords: ['secret, with comma'] },
  deadlineMs: 12_000,
  maxReceives: 5,
  alertFormat: 'binaryalert',
  tagObjects: true,
  cleanNotices: true,
  quarantine: { severities: ['critical', 'high'] },
  logs: { level: 'WARN' },
  previews: {
    allowed: [{ prefix: 'public/' }, { bucket: 'mail-archive', prefix: 'mail/in/' }],
    ...{ matchedBytes: true, maxObjects: 1000, maxRunning: 2, maxRules: 50, maxHours: 1 },
  },
};

test.serial(
  'the code accepts the environment of every function, and reads the configured values from it',
  async (t) => {
    const recorded = await recordFunctions(everything);
    for (const name of functionNames) {
      const { corpusBuckets, ...config } = readAwsConfig(recorded.environmentOf(name));
      const queue = (part: string) => `https://sqs.eu-central-1.amazonaws.com/${testAccount}/rearview-prod-${part}`;
      // A bucket with a prefix stays in this order, however the code parses it.
      t.is(corpusBuckets.length, 3);
      t.deepEqual(config as Record<string, unknown>, {
        artifactsBucket: `rearview-prod-artifacts-${testAccount}-eu-central-1`,
        objectsTable: 'rearview-prod-objects',
        scansTable: 'rearview-prod-scans',
        matchesTable: 'rearview-prod-matches',
        liveQueueUrl: queue('live'),
        liveDeadLetterUrl: queue('live-dead-letters'),
        retroQueueUrl: queue('retro'),
        retroDeadLetterUrl: queue('retro-dead-letters'),
        previewQueueUrl: queue('preview'),
        previewDeadLetterUrl: queue('preview-dead-letters'),
        alertTopicArn: `arn:aws:sns:eu-central-1:${testAccount}:rearview-prod-alerts`,
        operationsTopicArn: `arn:aws:sns:eu-central-1:${testAccount}:rearview-prod-operations`,
        batcherFunction: 'rearview-prod-batcher:live',
        versioned: true,
        maxObjectBytes: 1_000_000,
        largeFiles: 'head',
        unpack: { ...defaultUnpackLimits, maxDepth: 3, passwords: ['secret, with comma'] },
        deadlineMs: 12_000,
        maxReceives: 5,
        alertFormat: 'binaryalert',
        tagObjects: true,
        cleanTopicArn: `arn:aws:sns:eu-central-1:${testAccount}:rearview-prod-clean`,
        quarantineSeverities: ['critical', 'high'],
        quarantineBucket: `rearview-prod-quarantine-${testAccount}-eu-central-1`,
        previews: {
          ...{ matchedBytes: true, maxObjects: 1000, maxRunning: 2, maxRules: 50, maxHours: 1 },
          within: [
            { bucket: `rearview-prod-corpus-${testAccount}-eu-central-1`, prefix: 'public/' },
            { bucket: 'mail-archive', prefix: 'mail/in/' },
          ],
        },
        rulesetPublicKey: testPublicKey,
      });
    }
  },
);

test.serial('uploads go to the bucket of the stack; existing ones follow, with their prefix', async (t) => {
  const { environmentOf } = await recordFunctions(everything);
  t.is(
    environmentOf('batcher')[awsSettings.corpusBuckets],
    `rearview-prod-corpus-${testAccount}-eu-central-1,mail-archive/mail/,shares`,
  );
});

test.serial('a function has exactly the variables that the code reads', async (t) => {
  const recorded = await recordFunctions(everything);
  for (const name of functionNames) {
    const environment = recorded.environmentOf(name);
    const read = new Set<string>();
    const watched = new Proxy(environment, {
      get(target, key) {
        read.add(String(key));
        return Reflect.get(target, key) as unknown;
      },
    });
    readAwsConfig(watched);
    t.deepEqual([...read].sort(), Object.values(awsSettings).sort(), 'awsSettings is all that is read');
    const needed = [...read].filter((each) => each !== awsSettings.rulesetSigningKeyArn);
    t.deepEqual(Object.keys(environment).sort(), [...needed, ...ownVariables].sort());
    t.deepEqual(ownVariables, ['REARVIEW_LOG_LEVEL']);
    t.is(environment['REARVIEW_LOG_LEVEL'], 'WARN');
  }
});

test.serial('a feature that is not configured has no variables, so the code has it off', async (t) => {
  const environment = (await recordFunctions()).environmentOf('live-analyzer');
  // Functions sign nothing, whatever is configured.
  const optional = ['cleanTopicArn', 'quarantineSeverities', 'quarantineBucket', 'rulesetSigningKeyArn'] as const;
  for (const each of optional) t.false(awsSettings[each] in environment, each);
  t.is(Object.keys(environment).length, Object.keys(awsSettings).length - optional.length + ownVariables.length);
  const read = readAwsConfig(environment);
  t.like(read, { tagObjects: false, quarantineSeverities: [], cleanTopicArn: undefined, quarantineBucket: undefined });
  // The code and the configuration have the same defaults.
  const names = Object.values(awsSettings);
  const required = names.slice(0, names.indexOf(awsSettings.versioned));
  const { rulesetPublicKey: _, ...withoutKey } = read;
  const bare = Object.fromEntries(
    Object.entries(environment).filter(([name]) => required.some((each) => each === name)),
  );
  t.deepEqual(readAwsConfig(bare), withoutKey);
});

test.serial('each optional setting belongs to its feature', async (t) => {
  const withClean = (await recordFunctions({ cleanNotices: true })).environmentOf('redrive');
  t.true(awsSettings.cleanTopicArn in withClean);
  t.false(awsSettings.quarantineSeverities in withClean);
  const tagged = (await recordFunctions({ quarantine: { severities: ['high'], move: false } })).environmentOf(
    'redrive',
  );
  t.is(tagged[awsSettings.quarantineSeverities], 'high');
  t.false(awsSettings.quarantineBucket in tagged, 'objects are tagged and stay');
  t.is((await recordFunctions({ tagObjects: true })).environmentOf('redrive')[awsSettings.tagObjects], 'true');
});

test('too many buckets for the environment are refused with the key to change', (t) => {
  const fits = { A: 'x'.repeat(4000), B: 'x'.repeat(94) };
  t.is(boundedEnvironment(fits), fits);
  t.throws(() => boundedEnvironment({ ...fits, C: '' }), { message: /has 4097 bytes.*accepts 4096.*existingBuckets/ });
});
