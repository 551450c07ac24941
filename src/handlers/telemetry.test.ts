import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import fc from 'fast-check';
import * as z from 'zod';
import type { PipelineEvent } from '../app/pipeline/events.ts';
import { RearviewError } from '../domain/errors.ts';
import type { Outcome } from '../domain/scans/outcome.ts';
import { newScan } from '../domain/scans/scan.ts';
import { sampleAlert } from '../ports/alert-sink.contract.ts';
import { gauges, metricUnits } from './telemetry/metric-names.ts';
import { createTelemetry, type TelemetryOptions } from './telemetry.ts';

const emf = z.object({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z
      .array(
        z.object({
          Namespace: z.string(),
          Dimensions: z.array(z.array(z.string()).max(30)),
          Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })).max(100),
        }),
      )
      .length(1),
  }),
});
const jsonLine = z.record(z.string(), z.unknown());

function started(options: Partial<TelemetryOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const telemetry = createTelemetry({ functionName: 'analyzer', requestId: 'r1', write, ...options });
  const parsed = () => lines.map((line) => jsonLine.parse(JSON.parse(line)));
  const isMetrics = (line: Record<string, unknown>) => '_aws' in line;
  return {
    ...telemetry,
    lines,
    logged: () => parsed().filter((line) => !isMetrics(line)),
    metrics: () => parsed().filter(isMetrics),
  };
}

function object(outcome: Outcome, fields: { key?: string; size?: number; engineMs?: number } = {}): PipelineEvent {
  const { key = 'k', size = 10, engineMs = 2 } = fields;
  const entry = { bucket: 'corpus', key, version: 'v', size, outcome };
  return { type: 'object', scanId: 's1', kind: 'retro', entry, engineMs };
}

const scan = newScan({
  ...{ id: 's1', kind: 'retro', rulesetId: 'r', full: false, buckets: ['corpus'], filter: {} },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', expected: null },
});

const quarantined: PipelineEvent = {
  ...{
    type: 'quarantined',
    object: { bucket: 'corpus', key: 'k', version: 'v' },
    to: { bucket: 'jail', key: 'corpus/k' },
  },
  match: { alertId: 'a1', ruleId: 'a.yar:R', severity: 'critical' },
};

test('an object in quarantine is logged with its place and the reason', (t) => {
  const { observe, logged } = started();
  observe(quarantined);
  observe({ ...quarantined, to: null });
  const why = {
    level: 'WARN',
    message: 'object quarantined',
    alertId: 'a1',
    rule: 'a.yar:R',
    bucket: 'corpus',
    key: 'k',
  };
  t.like(logged(), [
    { ...why, to: { bucket: 'jail', key: 'corpus/k' } },
    { ...why, to: 'stays, tagged' },
  ]);
});

test('texts that rules print are a field of one line that names the object, only at log level DEBUG', (t) => {
  const printed: PipelineEvent = {
    ...{ type: 'printed', scanId: 's', kind: 'live' },
    object: { bucket: 'corpus', key: 'k', version: '1' },
    printed: { lines: ['a\nb {"level":"ERROR"}', 'c'.repeat(3_000)], dropped: 2 },
  };
  const quiet = started();
  quiet.observe(printed);
  t.deepEqual(quiet.lines, []);
  const { observe, logged, lines } = started({ logLevel: 'DEBUG' });
  observe(printed);
  t.is(lines.length, 1);
  t.like(logged()[0], {
    level: 'DEBUG',
    message: 'rules printed',
    bucket: 'corpus',
    key: 'k',
    version: '1',
    dropped: 2,
  });
  t.deepEqual(logged()[0]?.['printed'], ['a\nb {"level":"ERROR"}', `${'c'.repeat(2_000)}…`]);
});

test('what an invocation counts is one line of embedded metric format, summed up, and only alarms pay for metrics', (t) => {
  const { observe, count, gauge, flush, metrics, lines } = started();
  observe(object({ status: 'scanned', matches: 2 }));
  observe(object({ status: 'scanned', matches: 0, scannedBytes: 4 }, { size: 100, engineMs: 3 }));
  observe(object({ status: 'covered' }, { engineMs: 0 }));
  observe(object({ status: 'skipped', reason: 'too_large' }, { engineMs: 0 }));
  observe(object({ status: 'failed', reason: 'timeout' }, { engineMs: 5 }));
  observe({ type: 'alert_sent', alert: sampleAlert(), sink: 'sns' });
  observe({ type: 'alert_delayed', alert: sampleAlert(), sink: 'sns', error: 'down' });
  observe({ type: 'problem', where: 'queue', message: 'm' });
  observe({ type: 'scan_completed', scan });
  observe(quarantined);
  count('MessagesFailed', 2);
  count('EventsIgnored');
  for (const [index, name] of gauges.entries()) gauge(name, index);
  t.is(metrics().length, 0, 'nothing before the end');
  flush();
  const [line, ...rest] = metrics();
  t.is(rest.length, 0);
  const expected = {
    ...{ ObjectsAnalyzed: 4, ObjectsUnreadable: 0, level: 'INFO', message: 'invocation' },
    ...{ ObjectsScanned: 2, ObjectsCovered: 1, ObjectsSkipped: 1, ObjectsFailed: 1, BytesScanned: 14, RuleMatches: 2 },
    ...{ EngineMs: 10, AlertsSent: 1, AlertsDelayed: 1, Problems: 1, ScansCompleted: 1 },
    ObjectsQuarantined: 1,
    ...{ MessagesFailed: 2, EventsIgnored: 1 },
    ...Object.fromEntries(gauges.map((name, index) => [name, index])),
  };
  t.like(line, { ...expected, service: 'analyzer', requestId: 'r1' });
  const [directive] = emf.parse(line)._aws.CloudWatchMetrics;
  t.is(directive?.Namespace, 'Rearview');
  t.deepEqual(directive?.Dimensions, [['service']]);
  t.deepEqual(
    directive?.Metrics.map(({ Name, Unit }) => [Name, Unit]),
    Object.entries(metricUnits),
  );
  t.true(lines.every((each) => !each.includes('\n')));
});

test('a gauge is not summed up: the last value counts, and it is not written again', (t) => {
  const { gauge, count, flush, metrics } = started();
  gauge('RulesetRules', 7);
  gauge('RulesetRules', 5);
  gauge('OldestScanIdleSeconds', 0);
  flush();
  t.like(metrics()[0], { RulesetRules: 5, OldestScanIdleSeconds: 0 });
  const [directive] = emf.parse(metrics()[0])._aws.CloudWatchMetrics;
  t.deepEqual(directive?.Metrics, [
    { Name: 'RulesetRules', Unit: 'Count' },
    { Name: 'OldestScanIdleSeconds', Unit: 'Seconds' },
  ]);
  count('Problems');
  flush();
  t.false('RulesetRules' in (metrics()[1] ?? {}), 'a metric without a value is absent');
});

test('an invocation with thousands of objects still writes one line', (t) => {
  const { observe, flush, metrics, lines } = started({ namespace: 'Other' });
  for (let index = 0; index < 5000; index += 1) observe(object({ status: 'scanned', matches: 0 }));
  flush();
  t.is(lines.length, 1);
  t.like(metrics()[0], {
    ObjectsAnalyzed: 5000,
    ObjectsScanned: 5000,
    BytesScanned: 50_000,
    EngineMs: 10_000,
    ObjectsFailed: 0,
  });
  t.is(emf.parse(metrics()[0])._aws.CloudWatchMetrics[0]?.Namespace, 'Other');
});

test('the summary is written once; a second flush only writes later events', (t) => {
  const { observe, flush, logged, metrics, lines } = started();
  flush();
  t.is(lines.length, 1, 'nothing happened: a summary, no metrics');
  t.like(logged()[0], { message: 'invocation', level: 'INFO', requestId: 'r1', service: 'analyzer' });
  flush();
  t.is(lines.length, 1);
  observe(object({ status: 'covered' }));
  flush();
  t.like(metrics()[0], { message: 'invocation', ObjectsCovered: 1, ObjectsAnalyzed: 1 });
  observe(object({ status: 'covered' }));
  flush();
  t.like(metrics()[1], { ObjectsCovered: 1 });
  flush();
  t.is(metrics().length, 2);
});

test('metrics are written at every log level', (t) => {
  const { observe, flush, lines } = started({ logLevel: 'WARN' });
  observe(object({ status: 'scanned', matches: 0 }));
  flush();
  t.is(lines.length, 1);
});

test('an invocation without metrics has an ordinary line with what it counted', (t) => {
  const { count, flush, lines, logged } = started();
  count('EventsIgnored', 2);
  flush();
  t.is(lines.length, 1);
  t.like(logged()[0], { message: 'invocation', level: 'INFO', EventsIgnored: 2 });
});

test('each object that failed, was skipped or matched has a line; a clean one has none', (t) => {
  const { observe, logged } = started();
  observe(object({ status: 'failed', reason: 'timeout', detail: '5 s' }, { key: 'a' }));
  observe(object({ status: 'skipped', reason: 'gone' }, { key: 'b' }));
  observe(object({ status: 'scanned', matches: 2 }, { key: 'c' }));
  observe(object({ status: 'scanned', matches: 0 }, { key: 'd' }));
  observe(object({ status: 'covered' }, { key: 'e' }));
  const common = { requestId: 'r1', scanId: 's1', kind: 'retro', bucket: 'corpus', version: 'v', size: 10 };
  t.is(logged().length, 3);
  t.like(logged()[0], { ...common, level: 'WARN', key: 'a', outcome: 'failed', reason: 'timeout', detail: '5 s' });
  t.like(logged()[1], { ...common, level: 'INFO', key: 'b', outcome: 'skipped', reason: 'gone' });
  t.like(logged()[2], { ...common, level: 'INFO', key: 'c', outcome: 'scanned', matches: 2 });
});

test('at debug, clean objects and sent alerts have lines too', (t) => {
  const { observe, logged } = started({ logLevel: 'DEBUG' });
  observe(object({ status: 'scanned', matches: 0 }));
  observe({ type: 'alert_sent', alert: sampleAlert(), sink: 'sns' });
  t.like(logged()[0], { level: 'DEBUG', outcome: 'scanned', key: 'k' });
  t.like(logged()[1], { level: 'DEBUG', message: 'alert sent', alertId: 'ab12', rule: 'a.yar:R', sink: 'sns' });
});

test('delayed alerts, problems and completed scans have lines', (t) => {
  const { observe, logged } = started();
  observe({ type: 'alert_delayed', alert: sampleAlert(), sink: 'sns', error: 'down' });
  observe({ type: 'problem', where: 'queue', message: 'm' });
  observe({ type: 'scan_completed', scan });
  t.like(logged()[0], { level: 'WARN', message: 'alert delayed', sink: 'sns', reason: 'down', key: 'k' });
  t.like(logged()[1], { level: 'WARN', message: 'problem', where: 'queue', problem: 'm' });
  t.like(logged()[2], { level: 'INFO', message: 'scan completed', scanId: 's1', scanCounts: { objects: 0 } });
});

test('no key forges or breaks a line, and each is read back as it was', (t) => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'a\n{"level":"INFO"}',
      '\r\n',
      '"}',
      '\u2028',
      '\u0085',
      '\u001b[2J',
      '\u009b2J',
      '\u202e',
      '%s%o%j',
    ),
    fc.constantFrom('lone\ud800', '\\', '\\u202e', '\0'),
  );
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1 }), (parts) => {
      const { observe, lines, logged } = started();
      const key = parts.join('');
      observe(object({ status: 'failed', reason: 'denied', detail: key }, { key }));
      t.is(lines.length, 1);
      t.notRegex(lines[0] ?? '', /[\n\r\0-\x1f\x7f-\x9f\u2028\u2029\u202e]/);
      t.is(logged()[0]?.['key'] ?? '', key);
    }),
  );
});

test('an error is logged with its code, its stack and its causes, even if they are cyclic', (t) => {
  const { log, logged } = started();
  const root = new Error('socket hang up');
  const middle = new TypeError('fetch', { cause: root });
  const error = new RearviewError('ERR_UNAVAILABLE', 'S3 did not answer.', { retryable: true, cause: middle });
  log.error('the handler failed', error, { messageId: 'm1' });
  t.like(logged()[0], {
    ...{ level: 'ERROR', message: 'the handler failed', messageId: 'm1', requestId: 'r1' },
    error: {
      ...{ name: 'RearviewError', code: 'ERR_UNAVAILABLE', retryable: true, message: 'S3 did not answer.' },
      cause: { name: 'TypeError', cause: { message: 'socket hang up' } },
    },
  });
  t.regex(JSON.stringify(logged()[0]), /telemetry\.test\.ts/);
  root.cause = error;
  log.error('its own cause', error);
  log.error('no error', 'a text');
  log.error('nothing', undefined);
  log.error('long', new Error('x'.repeat(100_000)));
  t.like(logged()[2], { error: { name: 'string', message: 'a text' } });
  t.like(logged()[3], { error: { name: 'undefined', message: 'undefined' } });
  t.true(JSON.stringify(logged()[4]).length < 10_000);
});

test('a long detail is cut', (t) => {
  const { observe, lines } = started();
  observe(object({ status: 'failed', reason: 'unreadable', detail: 'x'.repeat(100_000) }));
  observe({ type: 'problem', where: 'w', message: 'x'.repeat(100_000) });
  for (const line of lines) t.true(line.length < 3000);
});

test('left to itself it writes lines to standard output', (t) => {
  const module = new URL('telemetry.ts', import.meta.url).href;
  const script = `import { createTelemetry } from ${JSON.stringify(module)};
    const { observe, flush } = createTelemetry({ functionName: 'f', requestId: 'r' });
    observe({ type: 'problem', where: 'w', message: 'm' });
    flush();`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  });
  t.is(status, 0, stderr);
  t.is(stderr, '');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => jsonLine.parse(JSON.parse(line)));
  t.is(lines.length, 2);
  t.like(lines[1], { service: 'f', Problems: 1 });
});

test('the results of a preview are in the log at debug level, and in no metric that alarms use', (t) => {
  const { observe, flush, logged, metrics } = started({ logLevel: 'DEBUG' });
  for (const outcome of [
    { status: 'scanned', matches: 3 },
    { status: 'failed', reason: 'timeout' },
  ] as const) {
    const event = object(outcome);
    if (event.type === 'object') observe({ ...event, kind: 'preview' });
  }
  flush();
  t.deepEqual(metrics(), []);
  const reported = logged().filter(({ kind }) => kind === 'preview');
  t.deepEqual(
    reported.map(({ level, message }) => [level, message]),
    [
      ['DEBUG', 'object scanned'],
      ['DEBUG', 'object failed'],
    ],
  );
});
