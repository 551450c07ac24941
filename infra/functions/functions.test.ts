import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { liveAlias, previewAlias } from '../../src/targets/aws/function-names.ts';
import type { FunctionName } from '../handles.ts';
import { functionNames, type RecordedFunctions, recordFunctions } from '../testing/record-functions.ts';
import { testAccount } from '../testing/test-account.ts';

const inputsOf = (recorded: RecordedFunctions, name: FunctionName) => recorded.named(name, 'Function').inputs;
const arnOf = (name: FunctionName, alias: string) =>
  `arn:aws:lambda:eu-central-1:${testAccount}:function:rearview-prod-${name}:${alias}`;

test('the functions are exactly the handlers of src/handlers', (t) => {
  const folder = new URL('../../src/handlers/', import.meta.url);
  const known = readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.isFile() && /^[a-z-]+\.ts$/.test(each.name))
    .filter(({ name }) => /^export const handler\b/m.test(readFileSync(new URL(name, folder), 'utf8')))
    .map(({ name }) => name.replace('.ts', ''));
  t.deepEqual(known.sort(), functionNames.toSorted());
});

test.serial('functions run on Node 24 and arm64, each version published, from one archive', async (t) => {
  const recorded = await recordFunctions();
  t.is(recorded.ofType('Function').length, functionNames.length);
  for (const name of functionNames) {
    const inputs = inputsOf(recorded, name);
    t.like(inputs, {
      name: `rearview-prod-${name}`,
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: `${name}.handler`,
      publish: true,
      tags: { 'rearview-stack': 'rearview-prod' },
    });
    t.truthy(inputs['code']);
    t.false('tracingConfig' in inputs);
  }
});

test.serial('memory, timeout and reserved concurrency are as configured; retro scans reserve nothing', async (t) => {
  const recorded = await recordFunctions({
    live: { memoryMb: 3000, timeoutSeconds: 200, maxConcurrency: 40, reservedConcurrency: 50 },
    retro: { memoryMb: 4000, timeoutSeconds: 600 },
    batcher: { memoryMb: 1800, timeoutSeconds: 700 },
  });
  const expected: Readonly<Record<FunctionName, readonly (number | undefined)[]>> = {
    'live-analyzer': [3000, 200, 50],
    'retro-analyzer': [4000, 600, undefined],
    batcher: [1800, 700, undefined],
    'scan-finisher': [512, 300, 1],
    redrive: [512, 900, undefined],
  };
  for (const name of functionNames) {
    const { memorySize, timeout, reservedConcurrentExecutions } = inputsOf(recorded, name);
    t.deepEqual([memorySize, timeout, reservedConcurrentExecutions], [...expected[name]], name);
    t.is(recorded.result[name].timeoutSeconds, Number(timeout));
  }
  const unreserved = await recordFunctions({ reserveForFinisher: false });
  for (const name of functionNames) t.false('reservedConcurrentExecutions' in inputsOf(unreserved, name), name);
});

test.serial('each function logs to its own encrypted group with retention, in unchanged lines', async (t) => {
  const recorded = await recordFunctions({ logs: { retentionDays: 30, level: 'DEBUG' } });
  t.is(recorded.ofType('LogGroup').length, functionNames.length);
  const order = recorded.resources.map(({ type, name }) => `${type.split(':').at(-1)} ${name}`);
  for (const name of functionNames) {
    const group = `/aws/lambda/rearview-prod-${name}`;
    t.like(recorded.named(name, 'LogGroup').inputs, {
      name: group,
      retentionInDays: 30,
      kmsKeyId: `arn:aws:kms:eu-central-1:${testAccount}:key/rearview-prod-state`,
      tags: { 'rearview-stack': 'rearview-prod' },
    });
    // In the JSON format, the level filter would drop metrics.
    t.deepEqual(inputsOf(recorded, name)['loggingConfig'], { logFormat: 'Text', logGroup: group });
    t.is(recorded.environmentOf(name)['REARVIEW_LOG_LEVEL'], 'DEBUG');
    t.true(order.indexOf(`LogGroup ${name}`) < order.indexOf(`Function ${name}`));
    t.true(order.indexOf(`RolePolicy ${name}`) < order.indexOf(`Function ${name}`));
  }
});

test.serial('everything is invoked by an alias of the latest published version', async (t) => {
  const recorded = await recordFunctions();
  for (const name of functionNames) {
    t.like(recorded.named(`${name}-live`, 'Alias').inputs, {
      name: liveAlias,
      functionName: `rearview-prod-${name}`,
      functionVersion: '1',
    });
  }
  t.like(recorded.named('batcher-preview', 'Alias').inputs, {
    name: previewAlias,
    functionName: 'rearview-prod-batcher',
    functionVersion: '1',
  });
  t.is(recorded.ofType('Alias').length, functionNames.length + 1);
});

test.serial('the handles name the created resources', async (t) => {
  const { result } = await recordFunctions();
  const resolved = <T>(output: { apply(take: (value: T) => void): unknown }) =>
    new Promise<T>((resolve) => output.apply(resolve));
  for (const name of functionNames) {
    const { name: physical, aliasArn, logGroupName } = result[name];
    t.is(await resolved(physical), `rearview-prod-${name}`);
    t.is(await resolved(aliasArn), arnOf(name, 'live'));
    t.is(await resolved(logGroupName), `/aws/lambda/rearview-prod-${name}`);
  }
  t.is(await resolved(result.batcher.previewAliasArn), arnOf('batcher', 'preview'));
});

test.serial('queues invoke the analyzers by their aliases; only a failed message is delivered again', async (t) => {
  const recorded = await recordFunctions({
    live: { batchSize: 100, batchWindowSeconds: 5, maxConcurrency: 40 },
    retro: { maxConcurrency: 7 },
    previews: { maxConcurrency: 3 },
  });
  const shared = { functionResponseTypes: ['ReportBatchItemFailures'], tags: { 'rearview-stack': 'rearview-prod' } };
  t.like(recorded.named('live', 'EventSourceMapping').inputs, {
    ...shared,
    eventSourceArn: `arn:aws:sqs:eu-central-1:${testAccount}:rearview-prod-live`,
    functionName: arnOf('live-analyzer', 'live'),
    batchSize: 100,
    maximumBatchingWindowInSeconds: 5,
    scalingConfig: { maximumConcurrency: 40 },
  });
  t.like(recorded.named('retro', 'EventSourceMapping').inputs, {
    ...shared,
    eventSourceArn: `arn:aws:sqs:eu-central-1:${testAccount}:rearview-prod-retro`,
    functionName: arnOf('retro-analyzer', 'live'),
    batchSize: 1,
    scalingConfig: { maximumConcurrency: 7 },
  });
  t.like(recorded.named('preview', 'EventSourceMapping').inputs, {
    ...shared,
    eventSourceArn: `arn:aws:sqs:eu-central-1:${testAccount}:rearview-prod-preview`,
    functionName: arnOf('retro-analyzer', 'live'),
    batchSize: 1,
    scalingConfig: { maximumConcurrency: 3 },
    enabled: true,
  });
  t.is(recorded.ofType('EventSourceMapping').length, 3);
  const without = await recordFunctions({ previews: { maxRunning: 0 } });
  t.is(without.named('preview', 'EventSourceMapping').inputs['enabled'], false, 'asking a queue costs');
});

test.serial('the finisher runs every minute, and only its rule may invoke it', async (t) => {
  const recorded = await recordFunctions();
  t.like(recorded.named('every-minute', 'EventRule').inputs, {
    name: 'rearview-prod-every-minute',
    scheduleExpression: 'rate(1 minute)',
    tags: { 'rearview-stack': 'rearview-prod' },
  });
  t.like(recorded.named('every-minute', 'EventTarget').inputs, {
    rule: 'rearview-prod-every-minute',
    arn: arnOf('scan-finisher', 'live'),
    retryPolicy: { maximumRetryAttempts: 0 },
  });
  t.deepEqual(
    recorded.ofType('Permission').map(({ inputs }) => inputs),
    [
      {
        statementId: 'EveryMinute',
        action: 'lambda:InvokeFunction',
        function: 'rearview-prod-scan-finisher',
        qualifier: 'live',
        principal: 'events.amazonaws.com',
        sourceArn: `arn:aws:events:eu-central-1:${testAccount}:rule/rearview-prod-every-minute`,
        sourceAccount: testAccount,
      },
    ],
  );
});

test.serial(
  'asynchronous failures go to the queue of failures, except those of requests by pull requests',
  async (t) => {
    const recorded = await recordFunctions();
    const configs = recorded.ofType('FunctionEventInvokeConfig').map(({ inputs }) => inputs);
    const onFailure = { destination: `arn:aws:sqs:eu-central-1:${testAccount}:rearview-prod-failures` };
    const named = (functionName: string, qualifier: string) =>
      configs.find((each) => each['functionName'] === functionName && each['qualifier'] === qualifier);
    t.is(configs.length, 3);
    t.like(named('rearview-prod-batcher', 'live'), {
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 3600,
      destinationConfig: { onFailure },
    });
    const finisher = named('rearview-prod-scan-finisher', 'live');
    t.like(finisher, { maximumRetryAttempts: 0, destinationConfig: { onFailure } });
    // A round of maximum duration is no reason to report the waiting ones as failed.
    t.true(Number(finisher?.['maximumEventAgeInSeconds']) > 2 * Number(inputsOf(recorded, 'scan-finisher')['timeout']));
    t.deepEqual(named('rearview-prod-batcher', 'preview'), {
      functionName: 'rearview-prod-batcher',
      qualifier: 'preview',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
  },
);

test.serial('loop detection is off only for functions that invoke themselves on purpose', async (t) => {
  const recorded = await recordFunctions();
  t.deepEqual(
    recorded
      .ofType('FunctionRecursionConfig')
      .map(({ inputs }) => `${inputs['functionName']} ${inputs['recursiveLoop']}`)
      .sort(),
    ['rearview-prod-batcher Allow', 'rearview-prod-retro-analyzer Allow'],
  );
});

test.serial('two stacks in one account share nothing and cannot access each other’s resources', async (t) => {
  const naming: Readonly<Record<string, string>> = {
    Function: 'name',
    Role: 'name',
    LogGroup: 'name',
    EventRule: 'name',
  };
  const namesIn = (recorded: RecordedFunctions) =>
    recorded.resources.flatMap(({ type, inputs }) => {
      const key = naming[type.split(':').at(-1) ?? ''];
      return key === undefined ? [] : [`${type} ${inputs[key]}`];
    });
  const prod = await recordFunctions();
  const prodNames = namesIn(prod);
  const staging = await recordFunctions({}, 'staging');
  const stagingNames = namesIn(staging);
  t.is(prodNames.length, 3 * functionNames.length + 1);
  t.is(new Set([...prodNames, ...stagingNames]).size, 2 * prodNames.length);
  t.true(prodNames.every((each) => each.includes('rearview-prod-')));
  for (const { type, name, inputs } of staging.resources) {
    t.notRegex(JSON.stringify(inputs), /rearview-prod/, `${type} ${name}`);
  }
  for (const { type, name, inputs } of prod.resources) {
    t.notRegex(JSON.stringify(inputs), /rearview-staging/, `${type} ${name}`);
  }
  for (const name of functionNames) {
    const others = new Set(prod.mayDo(name));
    t.deepEqual(
      staging.mayDo(name).filter((each) => others.has(each)),
      [],
    );
  }
});
