import test from 'ava';
import { readDeadLetter } from '../../src/handlers/events/dead-letter.ts';
import { parseLiveText } from '../../src/handlers/events/live-document.ts';
import type { AwsTarget } from '../../src/targets/aws/aws-target.ts';
import { arrivalPattern } from './arrival-pattern.ts';

const whole = arrivalPattern({ name: 'mine', account: '111122223333', prefix: '' });

/**
 * An event in the format of S3:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
const event = (type: string, { bucket = 'mine', key = 'a', account = '111122223333', source = 'aws.s3' } = {}) => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': type,
  source,
  account,
  time: '2026-01-31T00:00:00Z',
  region: 'eu-central-1',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: { key, size: 5, etag: 'b1946ac92492d2347c6235b4d2611184', 'version-id': 'v1', sequencer: '00617F08' },
  },
});

/**
 * The used part of EventBridge's pattern language:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
function fits(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    return pattern.some((each: unknown) =>
      typeof each === 'object' && each !== null && 'prefix' in each
        ? String(value).startsWith(String(each.prefix))
        : each === value,
    );
  }
  return Object.entries(Object(pattern)).every(([field, required]) => fits(required, Object(value)[field]));
}

test('of the events of S3, only arrivals and restored objects in that bucket of that account pass', (t) => {
  for (const type of ['Object Created', 'Object Restore Completed']) {
    t.true(fits(whole, event(type)), type);
    t.false(fits(whole, event(type, { bucket: 'other' })));
    t.false(fits(whole, event(type, { account: '444455556666' })));
    t.false(fits(whole, event(type, { source: 'com.example' })));
  }
  for (const type of ['Object Deleted', 'Object Tags Added', 'Object Restore Initiated']) {
    t.false(fits(whole, event(type)), type);
  }
});

test('for a part of a bucket, only events in that part pass', (t) => {
  const part = arrivalPattern({ name: 'mine', account: '111122223333', prefix: 'mail/' });
  t.true(fits(part, event('Object Created', { key: 'mail/a' })));
  t.false(fits(part, event('Object Created', { key: 'web/a' })));
  t.true(fits(whole, event('Object Created', { key: 'web/a' })));
});

test('every event that passes is work for the live analyzer, even as a dead letter', (t) => {
  const config: Partial<AwsTarget['config']> = {
    versioned: true,
    corpusBuckets: [{ name: 'mine', prefix: '' }],
  };
  const readLetter = readDeadLetter({ config: config as AwsTarget['config'] });
  for (const type of whole['detail-type']) {
    const body = JSON.stringify(event(type));
    t.like(parseLiveText(body, { versioned: true }), [
      { type: 'object', object: { bucket: 'mine', key: 'a', version: 'v1' } },
    ]);
    t.like(readLetter(body), [{ type: 'object', bucket: 'mine', key: 'a', version: 'v1' }]);
  }
});
