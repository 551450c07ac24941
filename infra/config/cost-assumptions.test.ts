import test from 'ava';
import { analyzerMemoryMb, gathering } from '../../src/targets/aws/prices/aws-costs.ts';
import { configSchema } from './schema.ts';

test('costs assume the default memory of analyzers, and the default of files that gather', (t) => {
  const { live, retro } = configSchema.parse({});
  t.is(live.memoryMb, analyzerMemoryMb);
  t.is(retro.memoryMb, analyzerMemoryMb);
  t.deepEqual({ files: live.batchSize, seconds: live.batchWindowSeconds }, gathering);
});

test('logs of functions and access logs are kept for the three months that costs assume', (t) => {
  const { logs, corpus } = configSchema.parse({});
  t.is(logs.retentionDays, 90);
  t.is(corpus.accessLogDays, 90);
  t.is(corpus.inventory, 'daily');
});
