import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import test from 'ava';
import fc from 'fast-check';
import { createS3ObjectStore } from '../../src/adapters/aws/s3/s3-object-store.ts';
import { createSnsAlertSink } from '../../src/adapters/aws/sns/sns-alert-sink.ts';
import { alertAttributes } from '../../src/adapters/aws/sns/sns-attributes.ts';
import { sampleAlert } from '../../src/ports/alert-sink.contract.ts';
import { startMessagingEmulator } from '../../src/testing/aws/messaging-emulator.ts';
import { startS3Emulator } from '../../src/testing/s3/s3-emulator.ts';
import type { Subscription } from '../config/schema.ts';
import { type FilterPolicy, filterPolicy } from './filter-policy.ts';

const all: Subscription['filter'] = { severity: [], rule: [], tag: [], bucket: [] };

interface Case {
  readonly severity: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly bucket: string;
}

function alertOf({ severity, name, tags, bucket }: Case) {
  const { rule, object } = sampleAlert();
  return sampleAlert({ rule: { ...rule, severity, name, tags }, object: { ...object, bucket } });
}

/**
 * Decides like SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
function passes(policy: FilterPolicy | null, alert: Case): boolean {
  const attributes = alertAttributes(alertOf(alert));
  return Object.entries(policy ?? {}).every(([name, required]) => {
    const { DataType, StringValue = '' } = attributes[name] ?? {};
    if (DataType === 'String') return required.includes(StringValue);
    if (DataType !== 'String.Array') return false;
    const list: unknown = JSON.parse(StringValue);
    return Array.isArray(list) && list.some((each) => required.includes(each));
  });
}

test('a filter without values passes everything', (t) => {
  t.is(filterPolicy(all), null);
});

test('a filter uses the attributes of published alerts', (t) => {
  t.deepEqual(filterPolicy({ severity: ['high', 'critical'], rule: ['R'], tag: ['webshell'], bucket: ['corpus'] }), {
    severity: ['high', 'critical'],
    rule: ['R'],
    tags: ['webshell'],
    bucket: ['corpus'],
  });
});

test('an alert passes if it has one of the values of each part', (t) => {
  const word = fc.constantFrom('a', 'b', 'c');
  const words = fc.uniqueArray(word, { maxLength: 2 });
  const severity = fc.constantFrom('low', 'high', 'unknown');
  const severities = fc.uniqueArray(severity, { maxLength: 2 });
  fc.assert(
    fc.property(
      fc.record({ severity: severities, rule: words, tag: words, bucket: words }),
      fc.record({ severity, name: word, tags: words, bucket: word }),
      (filter, alert) => {
        const any = (required: readonly string[], has: readonly string[]) =>
          required.length === 0 || has.some((each) => required.includes(each));
        const expected =
          any(filter.severity, [alert.severity]) &&
          any(filter.rule, [alert.name]) &&
          any(filter.tag, alert.tags) &&
          any(filter.bucket, [alert.bucket]);
        t.is(passes(filterPolicy(filter), alert), expected);
      },
    ),
  );
});

for (const format of ['rearview', 'binaryalert'] as const) {
  test(`messages of the pipeline in the format ${format} pass a filter by SNS`, async (t) => {
    const emulator = await startMessagingEmulator(t);
    // No tags: the emulator compares lists as one text, where SNS compares each of their values.
    const policy = filterPolicy({ ...all, severity: ['high', 'critical'], rule: ['Right'], bucket: ['corpus'] });
    const { arn, queue } = await emulator.createTopic({
      ...{ RawMessageDelivery: 'true', FilterPolicy: JSON.stringify(policy), FilterPolicyScope: 'MessageAttributes' },
    });
    const oversize = createS3ObjectStore(await startS3Emulator(t));
    const sink = createSnsAlertSink({ client: emulator.sns, topicArn: arn, oversize, format });
    const alert = { severity: 'high', name: 'Right', tags: ['linux', 'webshell'], bucket: 'corpus' };
    await sink.send(alertOf({ ...alert, severity: 'low' }));
    await sink.send(alertOf({ ...alert, name: 'Wrong' }));
    await sink.send(alertOf({ ...alert, bucket: 'other' }));
    await sink.send(alertOf(alert));
    const { Messages = [] } = await emulator.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10 }),
    );
    t.is(Messages.length, 1);
    t.regex(Messages[0]?.Body ?? '', /Right/);
  });
}
