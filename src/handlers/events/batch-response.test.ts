import test from 'ava';
import { hasCode } from '../../domain/errors.ts';
import { batchResponse } from './batch-response.ts';

const item = (messageId: string | null) => ({ messageId, receiveCount: 1 });

test('nothing failed: every message is acknowledged', (t) => {
  t.deepEqual(batchResponse([]), { batchItemFailures: [] });
});

test('a message is named once, however many of its items failed', (t) => {
  t.deepEqual(batchResponse([item('m1'), item('m2'), item('m1')]), {
    batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
  });
});

test('an event without a queue fails as a whole, with the reason', (t) => {
  const error = t.throws(() => batchResponse([item('m1'), { ...item(null), problem: 'It is no event.' }]));
  t.true(hasCode(error, 'ERR_CONFIG'));
  t.is(error?.message, 'The invocation failed: It is no event.');
});
