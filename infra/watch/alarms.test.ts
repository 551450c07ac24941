import test from 'ava';
import { allCommands, buildProgram } from '../../src/cli/build-program.ts';
import { metricNamespace, metricUnits } from '../../src/handlers/telemetry/metric-names.ts';
import { collector } from '../../src/testing/cli/run-cli.ts';
import { contextFor } from '../testing/context-for-tests.ts';
import { whyUnknown } from '../testing/known-metrics.ts';
import { alarmOf, alarmsIn, metricsOf, recordWatch, withSubscription } from '../testing/record-watch.ts';

const topicArn = 'arn:aws:sns:eu-central-1:111122223333:rearview-prod-operations';

test.serial('every alarm describes its meaning and what to do, with an existing command', async (t) => {
  const context = {
    ...{ stdout: collector().stream, stderr: collector().stream, cwd: '/', env: {} },
    ...{ isTerminal: { stdout: false, stderr: false }, signal: new AbortController().signal },
  };
  const program = await buildProgram({ context, settle: () => undefined }, allCommands);
  const flags = (command: typeof program) => command.options.map(({ long }) => long);
  for (const { name, alarmDescription } of alarmsIn(await recordWatch())) {
    t.true(alarmDescription.length >= 100 && alarmDescription.length <= 1024, `${name}: ${alarmDescription.length}`);
    const commands = [...alarmDescription.matchAll(/`rearview ([^`]+)`/g)].map(([, words = '']) => words.split(' '));
    t.true(commands.length > 0, name);
    for (const [flag, target, ...words] of commands) {
      t.deepEqual([flag, target], ['--target', 'aws'], name);
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
    const { config } = contextFor('prod');
    const keys = Object.entries(config).flatMap(([section, values]) =>
      values === null || typeof values !== 'object' ? [] : Object.keys(values).map((key) => `${section}.${key}`),
    );
    for (const [key] of alarmDescription.matchAll(/\b(alarms|live|retro)\.\w+\b/g)) t.true(keys.includes(key), key);
  }
});

test.serial('every alarm notifies the operations topic at its start and end, and has the tags', async (t) => {
  for (const { name, alarmActions, okActions, tags } of alarmsIn(await recordWatch())) {
    t.deepEqual([alarmActions, okActions], [[topicArn], [topicArn]], name);
    t.deepEqual(tags, { 'rearview-stack': 'rearview-prod' }, name);
  }
});

test.serial('CloudWatch accepts every alarm', async (t) => {
  for (const hours of [1, 24, 168]) {
    for (const each of alarmsIn(await recordWatch({ ...withSubscription, alarms: { noFilesHours: hours } }))) {
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

test.serial('an expression uses exactly the metrics that its alarm names', async (t) => {
  for (const { name, metricQueries = [] } of alarmsIn(await recordWatch())) {
    const expressions = metricQueries.flatMap(({ expression }) => expression ?? []);
    const named = metricQueries.flatMap(({ id, metric }) => (metric === undefined ? [] : [id])).sort();
    if (named.length === 0) continue;
    t.deepEqual([...new Set(expressions.join(' ').match(/[a-z]\w*/g) ?? [])].sort(), named, name);
  }
});

test.serial('every metric of an alarm is reported by the code or AWS for this stack', async (t) => {
  const alarms = alarmsIn(await recordWatch());
  const metrics = alarms.flatMap(metricsOf);
  t.true(metrics.length > 20);
  for (const metric of metrics) t.is(whyUnknown(metric, 'rearview-prod'), null);
});

test.serial('an alarm looks at every custom metric: each costs money', async (t) => {
  const watched = alarmsIn(await recordWatch())
    .flatMap(metricsOf)
    .filter(({ namespace }) => namespace === metricNamespace);
  t.deepEqual([...new Set(watched.map(({ name }) => name))].sort(), Object.keys(metricUnits).sort());
});

test.serial('counts are summed up, and gauges never are', async (t) => {
  for (const { name, statistic } of alarmsIn(await recordWatch()).flatMap(metricsOf)) {
    const isGauge = /Sequence$|Rules$|Seconds$|Left$|^Approximate/.test(name);
    t.is(statistic === 'Sum', !isGauge, `${name}: ${statistic}`);
  }
});

test.serial(
  'every function is watched for errors, analyzers for throttles, every queue for dead letters',
  async (t) => {
    const program = await recordWatch();
    for (const name of ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive']) {
      t.like(alarmOf(program, `${name}-errors`), {
        metricName: 'Errors',
        dimensions: { FunctionName: `rearview-prod-${name}` },
      });
      if (!name.endsWith('analyzer')) continue;
      t.like(alarmOf(program, `${name}-throttles`), {
        metricName: 'Throttles',
        dimensions: { FunctionName: `rearview-prod-${name}` },
      });
    }
    const queueOf = (part: string) =>
      new Set(metricsOf(alarmOf(program, part)).map((each) => each.dimensions['QueueName']));
    t.deepEqual(queueOf('live-dead-letters'), new Set(['rearview-prod-live-dead-letters']));
    t.deepEqual(queueOf('retro-dead-letters'), new Set(['rearview-prod-retro-dead-letters']));
    t.deepEqual(queueOf('failures'), new Set(['rearview-prod-failures']));
    t.deepEqual(queueOf('undelivered'), new Set(['rearview-prod-undelivered']));
    t.false(
      alarmsIn(await recordWatch({})).some(({ name }) => name.endsWith('undelivered')),
      'no subscription has any',
    );
  },
);

test.serial('thresholds are as configured', async (t) => {
  const program = await recordWatch({
    alarms: { noFilesHours: 6, liveAgeMinutes: 7, expectedRules: 500, scanStalledMinutes: 45 },
  });
  t.like(alarmOf(program, 'live-age'), { threshold: 420, comparisonOperator: 'GreaterThanOrEqualToThreshold' });
  t.like(alarmOf(program, 'ruleset-small'), { threshold: 500, comparisonOperator: 'LessThanThreshold' });
  t.like(alarmOf(program, 'scan-stalled'), { threshold: 2700, comparisonOperator: 'GreaterThanOrEqualToThreshold' });
  const noFiles = alarmOf(program, 'no-files');
  t.like(noFiles, {
    threshold: 1,
    comparisonOperator: 'LessThanThreshold',
    evaluationPeriods: 6,
    datapointsToAlarm: 6,
  });
  t.is(noFiles.period, 3600);
  t.is(noFiles.warmUpConfiguration?.warmUpPeriodDurationInMinutes, 360);
  t.false(
    alarmsIn(await recordWatch({ alarms: { noFilesHours: null } })).some(({ name }) => name.endsWith('no-files')),
  );
});

test.serial(
  'missing data is an alarm for files and rulesets, ignored for dead letters, and normal elsewhere',
  async (t) => {
    const by = Map.groupBy(alarmsIn(await recordWatch()), ({ treatMissingData }) => treatMissingData);
    const parts = (treatment: string) =>
      (by.get(treatment) ?? []).map(({ name }) => name.replace('rearview-prod-', ''));
    t.deepEqual(parts('breaching'), ['no-files', 'ruleset-small']);
    t.deepEqual(parts('ignore'), ['failures', 'live-dead-letters', 'retro-dead-letters', 'undelivered']);
    t.deepEqual([...by.keys()].sort(), ['breaching', 'ignore', 'notBreaching']);
  },
);

test.serial(
  'an analyzer counts as behind if the oldest ruleset it applied is older than the oldest active one',
  async (t) => {
    const { metricQueries = [], threshold, comparisonOperator } = alarmOf(await recordWatch(), 'ruleset-old');
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
