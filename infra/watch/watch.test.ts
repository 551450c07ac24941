import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { buildProgram } from '../../src/cli/program.ts';
import { whyUnknown } from '../testing/known-metrics.ts';
import { type RecordedProgram, type RecordedResource, recordProgram } from '../testing/record-program.ts';
import { contextFor, partsFor } from '../testing/stack-for-tests.ts';
import { Watch } from './watch.ts';

const topicArn = 'arn:aws:sns:eu-central-1:111122223333:rearview-prod-operations';
const everything = { subscriptions: [{ protocol: 'https', endpoint: 'https://soc.example.com' }] };

function record(config: Readonly<Record<string, unknown>> = everything, stack = 'prod') {
  return recordProgram(async () => {
    const context = contextFor(stack, config);
    return new Watch(context, partsFor(context));
  });
}

const dimensions = z.record(z.string(), z.string());
const alarmSchema = z.object({
  name: z.string(),
  alarmDescription: z.string(),
  comparisonOperator: z.string(),
  threshold: z.number(),
  evaluationPeriods: z.number(),
  datapointsToAlarm: z.number(),
  treatMissingData: z.string(),
  alarmActions: z.array(z.string()),
  okActions: z.array(z.string()),
  period: z.number().optional(),
  metricName: z.string().optional(),
  namespace: z.string().optional(),
  statistic: z.string().optional(),
  dimensions: dimensions.optional(),
  warmUpConfiguration: z.object({ warmUpPeriodDurationInMinutes: z.number() }).optional(),
  metricQueries: z
    .array(
      z.object({
        id: z.string().regex(/^[a-z][A-Za-z0-9_]*$/),
        expression: z.string().optional(),
        period: z.number().optional(),
        returnData: z.boolean(),
        metric: z
          .object({ namespace: z.string(), metricName: z.string(), dimensions, stat: z.string(), period: z.number() })
          .optional(),
      }),
    )
    .optional(),
  tags: dimensions,
});
type Alarm = z.infer<typeof alarmSchema>;

function alarmsIn(program: RecordedProgram<unknown>): readonly Alarm[] {
  return program.ofType('MetricAlarm').map(({ inputs }) => alarmSchema.parse(inputs));
}

function alarm(program: RecordedProgram<unknown>, part: string): Alarm {
  const found = alarmsIn(program).find(({ name }) => name === `rearview-prod-${part}`);
  if (found === undefined) throw new Error(`There is no alarm ${part}.`);
  return found;
}

/** All metrics that an alarm names. */
function metricsOf({ metricName: name, namespace, dimensions: own, statistic, metricQueries = [] }: Alarm) {
  const one =
    name === undefined || namespace === undefined
      ? []
      : [{ name, namespace, dimensions: own ?? {}, statistic: statistic ?? '' }];
  const many = metricQueries.flatMap(({ metric }) =>
    metric === undefined ? [] : [{ ...metric, name: metric.metricName, statistic: metric.stat }],
  );
  return [...one, ...many];
}

test.serial('whoever gets an alarm is told what it means and what to do, by a command that there is', async (t) => {
  const nothing = { write: () => true };
  const context = { stdout: nothing, stderr: nothing } as never;
  const program = buildProgram({ context, settle: () => undefined });
  const flags = (command: typeof program) => command.options.map(({ long }) => long);
  for (const { name, alarmDescription } of alarmsIn(await record())) {
    t.true(alarmDescription.length >= 100 && alarmDescription.length <= 1024, `${name}: ${alarmDescription.length}`);
    const commands = [...alarmDescription.matchAll(/`rearview ([^`]+)`/g)].map(([, words = '']) => words.split(' '));
    t.true(commands.length > 0, name);
    for (const [target, home, ...words] of commands) {
      t.deepEqual([target, home], ['--target', 'aws'], name);
      let command = program;
      while (words[0] !== undefined && command.commands.length > 0) {
        const next = command.commands.find((each) => each.name() === words[0]);
        if (next === undefined) return t.fail(`${name}: there is no "${words.join(' ')}"`);
        command = next;
        words.shift();
      }
      t.is(command.commands.length, 0, `${name}: ${command.name()} is no command`);
      for (const flag of words.filter((word) => word.startsWith('--'))) t.true(flags(command).includes(flag), flag);
      const values = words.filter((word) => !word.startsWith('--'));
      const places = command.registeredArguments.length + words.length - values.length;
      t.true(values.length <= places, `${name}: ${words.join(' ')}`);
    }
    for (const [key, section, part] of alarmDescription.matchAll(/\b(alarms|live|retro)\.(\w+)\b/g)) {
      const { config } = contextFor('prod');
      t.true(section !== undefined && part !== undefined && part in config[section as 'alarms' | 'live'], key);
    }
  }
});

test.serial(
  'every alarm tells the operations topic when it goes off and when it is over, and bears the tags',
  async (t) => {
    for (const { name, alarmActions, okActions, tags } of alarmsIn(await record())) {
      t.deepEqual([alarmActions, okActions], [[topicArn], [topicArn]], name);
      t.deepEqual(tags, { 'rearview-stack': 'rearview-prod' }, name);
    }
  },
);

test.serial('every alarm is one that CloudWatch takes', async (t) => {
  for (const hours of [1, 24, 168]) {
    for (const each of alarmsIn(await record({ ...everything, alarms: { noFilesHours: hours } }))) {
      const { name, metricQueries = [], evaluationPeriods, datapointsToAlarm, period } = each;
      const periods = [
        period ?? [],
        ...metricQueries.map((query) => query.metric?.period ?? query.period ?? []),
      ].flat();
      t.is(new Set(periods).size, 1, `${name}: one period`);
      const [seconds = 0] = periods;
      t.is(seconds % 60, 0);
      t.true(seconds * evaluationPeriods <= (seconds < 3600 ? 86_400 : 604_800), name);
      t.true(datapointsToAlarm >= 1 && datapointsToAlarm <= evaluationPeriods, name);
      t.is(metricQueries.filter(({ returnData }) => returnData).length, metricQueries.length === 0 ? 0 : 1, name);
      t.true(metricQueries.filter(({ metric }) => metric !== undefined).length <= 10, name);
      const warmUp = each.warmUpConfiguration?.warmUpPeriodDurationInMinutes ?? 1;
      t.true(warmUp >= 1 && warmUp <= 2880, name);
    }
  }
});

test.serial('an expression uses the metrics that its alarm names, each of them and no others', async (t) => {
  for (const { name, metricQueries = [] } of alarmsIn(await record())) {
    const expressions = metricQueries.flatMap(({ expression }) => expression ?? []);
    const named = metricQueries.flatMap(({ id, metric }) => (metric === undefined ? [] : [id])).sort();
    if (named.length === 0) continue;
    t.deepEqual([...new Set(expressions.join(' ').match(/[a-z]\w*/g) ?? [])].sort(), named, name);
  }
});

test.serial('every metric of an alarm is one that the code or AWS tells of this very stack', async (t) => {
  const alarms = alarmsIn(await record());
  const metrics = alarms.flatMap(metricsOf);
  t.true(metrics.length > 40);
  for (const metric of metrics) t.is(whyUnknown(metric, 'rearview-prod'), null);
  const queries = alarms.flatMap(({ metricQueries = [] }) =>
    metricQueries.flatMap(({ expression }) => (expression?.startsWith('SELECT') ? [expression] : [])),
  );
  t.deepEqual(
    queries.map(
      (query) =>
        /^SELECT SUM\(SystemErrors\) FROM SCHEMA\("AWS\/DynamoDB", Operation, TableName\) WHERE TableName = '([\w-]+)'$/.exec(
          query,
        )?.[1],
    ),
    ['rearview-prod-objects', 'rearview-prod-scans', 'rearview-prod-matches'],
  );
});

test.serial('counts are summed up, and of what says how things stand the sum is never taken', async (t) => {
  for (const { name, statistic } of alarmsIn(await record()).flatMap(metricsOf)) {
    const isGauge = /Sequence$|Rules$|Seconds$|Left$|^Approximate/.test(name);
    t.is(statistic === 'Sum', !isGauge, `${name}: ${statistic}`);
  }
});

test.serial('every function is watched for errors and throttles, every queue for what is given up on', async (t) => {
  const program = await record();
  for (const name of ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive']) {
    t.like(alarm(program, `${name}-errors`), {
      metricName: 'Errors',
      dimensions: { FunctionName: `rearview-prod-${name}` },
    });
    t.like(alarm(program, `${name}-throttles`), {
      metricName: 'Throttles',
      dimensions: { FunctionName: `rearview-prod-${name}` },
    });
  }
  const queueOf = (part: string) =>
    new Set(metricsOf(alarm(program, part)).map((each) => each.dimensions['QueueName']));
  t.deepEqual(queueOf('live-dead-letters'), new Set(['rearview-prod-live-dead-letters']));
  t.deepEqual(queueOf('retro-dead-letters'), new Set(['rearview-prod-retro-dead-letters']));
  t.deepEqual(queueOf('failures'), new Set(['rearview-prod-failures']));
  t.deepEqual(queueOf('undelivered'), new Set(['rearview-prod-undelivered']));
  t.false(
    alarmsIn(await record({})).some(({ name }) => name.endsWith('undelivered')),
    'no subscription has any',
  );
});

test.serial('every table and index is watched for throttles', async (t) => {
  const throttled = alarmsIn(await record())
    .flatMap(metricsOf)
    .filter(({ name }) => name.endsWith('ThrottleEvents'))
    .map(
      ({ name, dimensions: { TableName = '', GlobalSecondaryIndexName: index = '' } }) =>
        `${TableName} ${index} ${name}`,
    );
  t.deepEqual(
    throttled.toSorted(),
    [
      ...['by-rule', 'by-scan', 'by-time'].map((index) => `rearview-prod-matches ${index} WriteThrottleEvents`),
      ...['matches', 'objects', 'scans'].flatMap((table) =>
        ['Read', 'Write'].map((kind) => `rearview-prod-${table}  ${kind}ThrottleEvents`),
      ),
    ].toSorted(),
  );
});

test.serial('thresholds are those of the configuration', async (t) => {
  const program = await record({
    alarms: { noFilesHours: 6, liveAgeMinutes: 7, expectedRules: 500, scanStalledMinutes: 45 },
  });
  t.like(alarm(program, 'live-age'), { threshold: 420, comparisonOperator: 'GreaterThanOrEqualToThreshold' });
  t.like(alarm(program, 'ruleset-small'), { threshold: 500, comparisonOperator: 'LessThanThreshold' });
  t.like(alarm(program, 'scan-stalled'), { threshold: 2700, comparisonOperator: 'GreaterThanOrEqualToThreshold' });
  const noFiles = alarm(program, 'no-files');
  t.like(noFiles, {
    threshold: 1,
    comparisonOperator: 'LessThanThreshold',
    evaluationPeriods: 6,
    datapointsToAlarm: 6,
  });
  t.is(noFiles.metricQueries?.[1]?.metric?.period, 3600);
  t.is(noFiles.warmUpConfiguration?.warmUpPeriodDurationInMinutes, 360);
  t.false(alarmsIn(await record({ alarms: { noFilesHours: null } })).some(({ name }) => name.endsWith('no-files')));
});

test.serial(
  'silence is what is wrong of files and rulesets, is no news of dead letters, and is well elsewhere',
  async (t) => {
    const by = Map.groupBy(alarmsIn(await record()), ({ treatMissingData }) => treatMissingData);
    const parts = (treatment: string) =>
      (by.get(treatment) ?? []).map(({ name }) => name.replace('rearview-prod-', ''));
    t.deepEqual(parts('breaching'), ['no-files', 'ruleset-small']);
    t.deepEqual(parts('ignore'), ['live-dead-letters', 'retro-dead-letters', 'failures', 'undelivered']);
    t.deepEqual([...by.keys()].sort(), ['breaching', 'ignore', 'notBreaching']);
  },
);

test.serial(
  'an analyzer counts as behind where the least it applied is less than the least that was in force',
  async (t) => {
    const { metricQueries = [], threshold, comparisonOperator } = alarm(await record(), 'ruleset-old');
    t.is(metricQueries[0]?.expression, 'published - applied');
    t.deepEqual([comparisonOperator, threshold], ['GreaterThanOrEqualToThreshold', 1]);
    t.like(metricQueries.find(({ id }) => id === 'published')?.metric, {
      metricName: 'RulesetSequence',
      stat: 'Minimum',
      dimensions: { service: 'rearview-prod-scan-finisher' },
    });
    t.like(metricQueries.find(({ id }) => id === 'applied')?.metric, {
      metricName: 'AppliedRulesetSequence',
      stat: 'Minimum',
      dimensions: { service: 'rearview-prod-live-analyzer' },
    });
  },
);

test.serial(
  'the budget counts what bears the tag of the stack, and tells the topic at 80, 100 and forecast 100 percent',
  async (t) => {
    const budget = (await record({ monthlyBudgetDollars: 250.5 })).named('monthly-budget').inputs;
    t.like(budget, {
      name: 'rearview-prod-monthly',
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: '250.5',
      limitUnit: 'USD',
    });
    t.deepEqual(budget['costFilters'], [{ name: 'TagKeyValue', values: ['user:rearview-stack$rearview-prod'] }]);
    const told = {
      comparisonOperator: 'GREATER_THAN',
      thresholdType: 'PERCENTAGE',
      subscriberSnsTopicArns: [topicArn],
    };
    t.deepEqual(budget['notifications'], [
      { ...told, notificationType: 'ACTUAL', threshold: 80 },
      { ...told, notificationType: 'ACTUAL', threshold: 100 },
      { ...told, notificationType: 'FORECASTED', threshold: 100 },
    ]);
    t.is((await record({ monthlyBudgetDollars: null })).ofType('Budget').length, 0);
  },
);

test.serial('two stacks share no name, and neither watches or tells anything of the other', async (t) => {
  const [one, other] = [await record(everything, 'prod'), await record(everything, 'dev')];
  const namesIn = (program: RecordedProgram<unknown>) =>
    program.resources.flatMap(({ inputs }: RecordedResource) => inputs['name'] ?? inputs['dashboardName'] ?? []);
  t.true(namesIn(one).length > 30);
  t.is(new Set(namesIn(one)).size, namesIn(one).length);
  t.deepEqual(
    namesIn(one).filter((name) => namesIn(other).includes(name)),
    [],
  );
  assertNone(t, one, /rearview-dev/);
  assertNone(t, other, /rearview-prod/);
});

function assertNone(t: ExecutionContext, program: RecordedProgram<unknown>, pattern: RegExp): void {
  t.notRegex(JSON.stringify(program.resources), pattern);
}
