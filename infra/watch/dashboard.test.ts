import test from 'ava';
import fc from 'fast-check';
import * as z from 'zod';
import { type NamedMetric, whyUnknown } from '../testing/known-metrics.ts';
import { recordWatch, withSubscription } from '../testing/record-watch.ts';
import { placed, type Widget } from './dashboard/widget.ts';

const place = { x: z.int().min(0), y: z.int().min(0), width: z.int().min(1).max(24), height: z.int().min(1) };
const line = z.array(z.union([z.string(), z.strictObject({ label: z.string(), stat: z.string() })])).min(5);
const bodySchema = z.strictObject({
  widgets: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text'), ...place, properties: z.strictObject({ markdown: z.string() }) }),
      z.strictObject({
        ...{ type: z.literal('alarm'), ...place },
        properties: z.strictObject({ title: z.string(), alarms: z.array(z.string()).max(100) }),
      }),
      z.strictObject({
        ...{ type: z.literal('metric'), ...place },
        properties: z.strictObject({
          ...{ title: z.string(), region: z.string(), view: z.literal('timeSeries'), stacked: z.boolean() },
          period: z.int().min(60),
          yAxis: z.object({ left: z.object({ label: z.string(), min: z.number(), showUnits: z.boolean() }) }),
          metrics: z.array(line).min(1).max(100),
        }),
      }),
    ]),
  ),
});

async function record(stack = 'prod') {
  const program = await recordWatch({ ...withSubscription, dashboard: true }, stack);
  const { dashboardName, dashboardBody } = program.named('dashboard').inputs;
  const text = z.string().parse(dashboardBody);
  return { program, dashboardName, text, ...bodySchema.parse(JSON.parse(text)) };
}

/** Metrics of all graphs, with how they are drawn. */
function metricsIn({ widgets }: z.infer<typeof bodySchema>) {
  return widgets.flatMap((widget) =>
    widget.type !== 'metric'
      ? []
      : widget.properties.metrics.map((each) => {
          const { stat } = z.object({ stat: z.string() }).parse(each.at(-1));
          const [namespace = '', name = '', ...pairs] = z.array(z.string()).parse(each.slice(0, -1));
          const dimensions = Object.fromEntries(
            pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1] ?? '']] : [])),
          );
          const metric: NamedMetric = { namespace, name, dimensions };
          return { ...metric, stat, title: widget.properties.title };
        }),
  );
}

test.serial('every metric of the dashboard is reported by the code or AWS for this stack', async (t) => {
  const metrics = metricsIn(await record());
  t.true(metrics.length > 60);
  for (const metric of metrics) t.is(whyUnknown(metric, 'rearview-prod'), null, metric.title);
});

test.serial('the dashboard never draws sums of gauges', async (t) => {
  for (const { name, stat } of metricsIn(await record())) {
    const isGauge = /Sequence$|Rules$|Seconds$|Left$|^Approximate|^Duration$|^Concurrent/.test(name);
    t.is(stat === 'Sum', !isGauge, `${name}: ${stat}`);
  }
});

test.serial(
  'the dashboard shows files, alerts, queues, dead letters, functions, tables, scans, the ruleset and all alarms',
  async (t) => {
    const { program, widgets, ...rest } = await record();
    const shown = new Set(
      metricsIn({ widgets, ...rest }).map(
        ({ name, dimensions }) => `${name} ${Object.values(dimensions).join(' ').replaceAll('rearview-prod-', '')}`,
      ),
    );
    const functions = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'];
    for (const expected of [
      ...['ObjectsAnalyzed', 'ObjectsFailed'].map((name) => `${name} live-analyzer`),
      'NumberOfMessagesPublished alerts',
      'ApproximateAgeOfOldestMessage live',
      ...['live', 'retro', 'live-dead-letters', 'retro-dead-letters', 'failures', 'undelivered'].map(
        (queue) => `ApproximateNumberOfMessagesVisible ${queue}`,
      ),
      ...functions.flatMap((name) =>
        ['Errors', 'Throttles', 'Duration', 'ConcurrentExecutions'].map((metric) => `${metric} ${name}`),
      ),
      ...['OldestScanIdleSeconds', 'RulesetRules', 'RulesetSequence'].map((name) => `${name} scan-finisher`),
      ...['objects', 'scans', 'matches', 'matches by-time', 'matches by-rule', 'matches by-scan'].flatMap((table) =>
        ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'WriteThrottleEvents'].map(
          (name) => `${name} ${table}`,
        ),
      ),
    ]) {
      t.true(shown.has(expected), expected);
    }
    const alarms = widgets.flatMap((widget) => (widget.type === 'alarm' ? widget.properties.alarms : []));
    const made = program
      .ofType('MetricAlarm')
      .map(({ inputs }) => `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${inputs['name']}`);
    t.deepEqual(alarms.toSorted(), made.toSorted());
  },
);

test.serial('the dashboard of a stack has its name, and nothing of another stack', async (t) => {
  const [one, other] = [await record('prod'), await record('dev')];
  t.is(one.dashboardName, 'rearview-prod');
  t.is(other.dashboardName, 'rearview-dev');
  t.notRegex(one.text, /rearview-dev/);
  t.notRegex(other.text, /rearview-prod/);
});

test('widgets are within the dashboard, in order, and do not overlap', (t) => {
  const size = fc.record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(size, { maxLength: 12 }), (sizes) => {
      const widgets = sizes.map((each): Widget => ({ type: 'text', ...each, properties: {} }));
      const all = placed(widgets);
      t.deepEqual(
        all.map(({ width, height }) => ({ width, height })),
        sizes,
      );
      for (const [index, a] of all.entries()) {
        t.true(a.x >= 0 && a.x + a.width <= 24);
        for (const b of all.slice(index + 1)) {
          const isApart = a.x + a.width <= b.x || a.y + a.height <= b.y;
          t.true(isApart, JSON.stringify([a, b]));
        }
      }
    }),
  );
});
