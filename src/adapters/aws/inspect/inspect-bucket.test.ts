import test from 'ava';
import { startS3Emulator } from '../../../testing/s3/s3-emulator.ts';
import { failure } from '../../../testing/s3/s3-http.ts';
import { inspectWriting } from './inspect-bucket.ts';

for (const [status, code] of [
  [404, 'NoSuchKey'],
  [412, 'PreconditionFailed'],
] as const) {
  test(`whether objects may be put is known by a condition that none fulfils, and nothing is written: ${code}`, async (t) => {
    const conditions: unknown[] = [];
    const { client } = await startS3Emulator(t, {
      intercept: async (each, serve) => {
        if (each.method !== 'PUT' || !each.path.includes('/alerts/')) return serve(each);
        conditions.push(each.headers['if-match']);
        return failure(status, code, 'No.');
      },
    });
    t.deepEqual(await inspectWriting(client, 'corpus', 'alerts/doctor'), { known: 'allowed' });
    t.deepEqual(conditions, ['"00000000000000000000000000000000"']);
  });
}

test('a refusal to put objects is reported with the permission', async (t) => {
  const { client } = await startS3Emulator(t, {
    intercept: async (each, serve) =>
      each.method === 'PUT' && each.path.includes('/alerts/') ? failure(403, 'AccessDenied', 'No.') : serve(each),
  });
  const writing = await inspectWriting(client, 'corpus', 'alerts/doctor');
  t.regex('unknown' in writing ? writing.unknown : '', /The bucket corpus was refused: the role needs s3:PutObject/);
});
