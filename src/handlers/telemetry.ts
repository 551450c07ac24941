import type { Observe, PipelineEvent } from '../app/pipeline/events.ts';
import type { Alert } from '../domain/alerts/alert.ts';
import { isUnreadable, type LedgerEntry } from '../domain/scans/outcome.ts';
import { createInvocationMetrics, type InvocationMetrics } from './telemetry/invocation-metrics.ts';
import { createJsonLog, type Log, type LogFields, type LogLevel } from './telemetry/json-log.ts';
import { type CounterName, type GaugeName, metricNamespace, objectMetrics } from './telemetry/metric-names.ts';

/** Characters of a text that came from outside the program. */
const maxDetail = 2000;

export interface TelemetryOptions {
  /** The `service` of log lines and metrics. */
  readonly functionName: string;
  readonly requestId: string;
  /** Namespace of the metrics. Default: `Rearview`. */
  readonly namespace?: string;
  /** Takes a line, without its end. Default: standard output. */
  readonly write?: (line: string) => void;
  /** Default: INFO, which has no line for an object without a match. */
  readonly logLevel?: LogLevel;
}

/**
 * The telemetry of one invocation: log lines for events, and at its end one with what it counted and
 * the metrics.
 */
export interface Telemetry {
  readonly observe: Observe;
  readonly log: Log;
  /** Adds to a metric. Default: 1. */
  count(name: CounterName, value?: number): void;
  /** Sets a value of the current state: of two the later counts. */
  gauge(name: GaugeName | 'RetroObjectsLeft', value: number): void;
  /**
   * Writes the line of the invocation. Call it at the end, also after an error; a second call only
   * writes what came since.
   */
  flush(): void;
}

/** Log and metrics of one invocation of a function. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { functionName, requestId, namespace = metricNamespace, write = toStdout, logLevel = 'INFO' } = options;
  const fields = { level: 'INFO', message: 'invocation', requestId };
  const metrics = createInvocationMetrics({ namespace, service: functionName, fields });
  const log = createJsonLog({ service: functionName, level: logLevel, fields: { requestId }, write });
  let summarized = false;
  return {
    log,
    observe: (event) => report(event, log, metrics),
    count: (name, value = 1) => metrics.add(name, value),
    gauge: metrics.set,
    flush() {
      const { counts, line } = metrics.take();
      // The metrics are written at any level. Without them there is an ordinary line.
      if (line !== null) write(line);
      else if (!summarized || Object.keys(counts).length > 0) log.info('invocation', counts);
      summarized = true;
    },
  };
}

function toStdout(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(event: PipelineEvent, log: Log, metrics: InvocationMetrics): void {
  switch (event.type) {
    case 'object':
      // A preview of a pull request is not an event of the pipeline: alarms are about active rules.
      if (event.kind !== 'preview') countObject(event.entry, event.engineMs, metrics);
      logObject(event.entry, { scanId: event.scanId, kind: event.kind, engineMs: event.engineMs }, log);
      break;
    case 'printed': {
      const { scanId, kind, object, printed } = event;
      const { bucket, key, version } = object;
      log.debug('rules printed', {
        scanId,
        kind,
        bucket,
        key,
        version,
        printed: printed.lines.map(cut),
        dropped: printed.dropped,
      });
      break;
    }
    case 'alert_sent':
      metrics.add('AlertsSent', 1);
      log.debug('alert sent', alertFields(event.alert, event.sink));
      break;
    case 'alert_delayed':
      metrics.add('AlertsDelayed', 1);
      log.warn('alert delayed', { ...alertFields(event.alert, event.sink), reason: cut(event.error) });
      break;
    case 'quarantined': {
      const { object, match, to } = event;
      const { alertId, ruleId: rule, severity } = match;
      const { bucket, key, version } = object;
      metrics.add('ObjectsQuarantined', 1);
      log.warn('object quarantined', { alertId, rule, severity, bucket, key, version, to: to ?? 'stays, tagged' });
      break;
    }
    case 'scan_completed':
      metrics.add('ScansCompleted', 1);
      log.info('scan completed', {
        scanId: event.scan.id,
        kind: event.scan.kind,
        scanCounts: event.scan.counts,
      });
      break;
    case 'problem':
      metrics.add('Problems', 1);
      log.warn('problem', { where: event.where, problem: cut(event.message) });
      break;
  }
}

function countObject({ size, outcome }: LedgerEntry, engineMs: number, metrics: InvocationMetrics): void {
  for (const name of objectMetrics) metrics.add(name, 0);
  metrics.add('EngineMs', engineMs);
  if (outcome.status === 'covered') metrics.add('ObjectsCovered', 1);
  if (outcome.status === 'skipped') metrics.add('ObjectsSkipped', 1);
  metrics.add(outcome.status === 'failed' ? 'ObjectsFailed' : 'ObjectsAnalyzed', 1);
  if (isUnreadable(outcome)) metrics.add('ObjectsUnreadable', 1);
  if (outcome.status !== 'scanned') return;
  metrics.add('ObjectsScanned', 1);
  metrics.add('BytesScanned', outcome.scannedBytes ?? size);
  metrics.add('RuleMatches', outcome.matches);
}

function logObject({ bucket, key, version, size, sha256, outcome }: LedgerEntry, context: LogFields, log: Log): void {
  const { status, ...rest } = outcome;
  const detail = 'detail' in rest && rest.detail !== undefined ? { detail: cut(rest.detail) } : {};
  const fields = { ...context, bucket, key, version, size, sha256, outcome: status, ...rest, ...detail };
  if (context['kind'] === 'preview') log.debug(`object ${status}`, fields);
  else if (outcome.status === 'failed') log.warn('object failed', fields);
  else if (isUnreadable(outcome)) log.warn('object skipped', fields);
  else if (outcome.status === 'skipped') log.info('object skipped', fields);
  else if (outcome.status === 'scanned' && outcome.matches > 0) log.info('object matched', fields);
  else log.debug(`object ${status}`, fields);
}

function alertFields({ id, rule, object, scan }: Alert, sink: string): LogFields {
  const { bucket, key, version } = object;
  return { alertId: id, sink, rule: rule.id, severity: rule.severity, scanId: scan.id, bucket, key, version };
}

function cut(text: string): string {
  return text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text;
}
