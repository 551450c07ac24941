/**
 * Namespace of the metrics in CloudWatch; their one dimension is `service`, the name of the
 * function. Alarms and dashboards name them from here.
 */
export const metricNamespace = 'Rearview';

/**
 * Every metric, with its unit in CloudWatch: sums over one invocation, and `gauges`. One without a
 * value is absent.
 */
export const metricUnits = {
  ObjectsScanned: 'Count',
  /** Objects to which all requested logic had been applied before. */
  ObjectsCovered: 'Count',
  ObjectsSkipped: 'Count',
  ObjectsFailed: 'Count',
  /**
   * Skipped or failed objects that cannot be read as they are: archived, denied, or under a key
   * that the role cannot use.
   */
  ObjectsUnreadable: 'Count',
  /** Bytes of the scanned objects, or of their first parts if only these were scanned. */
  BytesScanned: 'Bytes',
  RuleMatches: 'Count',
  EngineMs: 'Milliseconds',
  AlertsSent: 'Count',
  AlertsDelayed: 'Count',
  ObjectsQuarantined: 'Count',
  ScansCompleted: 'Count',
  /** Errors that are retried, or that an operator should know of. */
  Problems: 'Count',
  /** Events with nothing to scan. */
  EventsIgnored: 'Count',
  /** Messages that go back to the queue. */
  MessagesFailed: 'Count',
  /** From the live analyzer: number of the ruleset that covers its objects. */
  AppliedRulesetSequence: 'None',
  /**
   * From the finisher: number of the active ruleset, which grows by one with each publish or
   * rollback; 0 before the first.
   */
  RulesetSequence: 'None',
  /** From the finisher: rules of the active ruleset; 0 before the first. */
  RulesetRules: 'Count',
  /** From the finisher, while retro scans run: objects that are listed and have no outcome yet. */
  RetroObjectsLeft: 'Count',
  /** From the finisher, while retro scans run: time since the most idle one advanced. */
  OldestScanIdleSeconds: 'Seconds',
  /** From the finisher, if it could not send alerts: age of the oldest owed alert. */
  OldestOwedAlertSeconds: 'Seconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/**
 * Metrics of the current state: of two values the later counts. Their sums over time mean nothing:
 * use the maximum.
 */
export const gauges = [
  'AppliedRulesetSequence',
  'RulesetSequence',
  'RulesetRules',
  'RetroObjectsLeft',
  'OldestScanIdleSeconds',
  'OldestOwedAlertSeconds',
] as const satisfies readonly MetricName[];

export type GaugeName = (typeof gauges)[number];
export type CounterName = Exclude<MetricName, GaugeName>;

/** Metrics that every line with an object has, even with 0: alarms on a share need both sides. */
export const objectMetrics = [
  'ObjectsScanned',
  'ObjectsCovered',
  'ObjectsSkipped',
  'ObjectsFailed',
  'ObjectsUnreadable',
  'BytesScanned',
  'RuleMatches',
  'EngineMs',
] as const satisfies readonly MetricName[];
