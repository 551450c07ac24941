import test from 'ava';
import fc from 'fast-check';
import { batchDue, objectArrived, parseMessage } from './messages.ts';

test('a parsed message has its original fields, whatever the key', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (key, size) => {
      const object = { bucket: 'corpus', key, version: '7', size, arrivedAt: '2026-01-02T03:04:05.000Z' };
      t.deepEqual(parseMessage(objectArrived(object)), { type: 'object', ...object });
    }),
  );
  t.deepEqual(parseMessage(batchDue({ scanId: 's', batchId: 'b' })), { type: 'batch', scanId: 's', batchId: 'b' });
});

test('an unknown message is refused with the reason', (t) => {
  t.throws(() => parseMessage('{"type":'), { code: 'ERR_CONFIG', message: /not JSON/ });
  t.throws(() => parseMessage('{"type":"object","bucket":"b"}'), { code: 'ERR_CONFIG', message: /key/ });
  t.throws(() => parseMessage('[]'), { code: 'ERR_CONFIG' });
});

test('a message without a name, whose size is not a number of bytes, or whose time is not a time, is refused', (t) => {
  const object = {
    type: 'object',
    bucket: 'b',
    key: 'k',
    version: '1',
    size: 3,
    arrivedAt: '2026-01-02T03:04:05.000Z',
  };
  for (const wrong of [
    { size: -1 },
    { size: 0.5 },
    { key: '' },
    { bucket: '' },
    { arrivedAt: 'soon' },
    { arrivedAt: '' },
  ]) {
    t.throws(
      () => parseMessage(JSON.stringify({ ...object, ...wrong })),
      { code: 'ERR_CONFIG' },
      JSON.stringify(wrong),
    );
  }
});
