import { onlyFaults, startSoundAws } from '../../../testing/aws/sound-aws.ts';
import { testWithDynamo } from '../../../testing/test-unless.ts';

testWithDynamo(
  'functions that cannot be invoked fail, those that soon can warn, and so does a small account',
  async (t) => {
    const { check, lambda } = await startSoundAws(t);
    const good = lambda.functions;
    for (const [state, pattern] of [
      ['Failed', /^fail batcher: batcher is Failed/],
      ['Pending', /^warn batcher: batcher is being created/],
      ['Inactive', /^warn batcher: batcher is idle/],
    ] as const) {
      lambda.functions = { ...good, batcher: { state, timeoutSeconds: 30 } };
      onlyFaults(t, await check(), pattern);
    }
    lambda.functions = { ...good, batcher: { state: 'Active', timeoutSeconds: 30, lastUpdate: 'Failed' } };
    onlyFaults(t, await check(), /^warn batcher: .*its last update failed/);
    lambda.functions = good;
    lambda.unreserved = 49;
    onlyFaults(t, await check(), /^warn concurrency: 49 unreserved concurrent invocations.*Concurrent executions/);
    lambda.unreserved = 50;
    onlyFaults(t, await check());
  },
);
