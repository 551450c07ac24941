/** Where the metrics lie in CloudWatch; their one dimension is `service`, the name of the function. Alarms and dashboards name them from here. */
export const metricNamespace = 'Rearview';

/** Every metric, with its unit in CloudWatch. Each is a sum over one invocation. */
export const metricUnits = {
  ObjectsScanned: 'Count',
  /** All the logic asked for had been applied before. */
  ObjectsCovered: 'Count',
  ObjectsSkipped: 'Count',
  ObjectsFailed: 'Count',
  /** Of the objects scanned, or of their first parts where no more was. */
  BytesScanned: 'Bytes',
  RuleMatches: 'Count',
  EngineMs: 'Milliseconds',
  AlertsSent: 'Count',
  AlertsDelayed: 'Count',
  ObjectsQuarantined: 'Count',
  ScansCompleted: 'Count',
  /** What went wrong and will be tried again, or an operator should know of. */
  Problems: 'Count',
  /** Events with nothing to scan. */
  EventsIgnored: 'Count',
  /** Messages that go back to the queue. */
  MessagesFailed: 'Count',
} as const;

export type MetricName = keyof typeof metricUnits;

/** Told whenever an object was, be it with 0: alarms on a share need both sides. */
export const objectMetrics = [
  'ObjectsScanned',
  'ObjectsCovered',
  'ObjectsSkipped',
  'ObjectsFailed',
  'BytesScanned',
  'RuleMatches',
  'EngineMs',
] as const satisfies readonly MetricName[];
