/**
 * Namespace of the metrics in CloudWatch; their one dimension is `service`, the name of the
 * function. Alarms and dashboards name them from here.
 */
export const metricNamespace = 'Rearview';

/**
 * Every metric, with its unit in CloudWatch: sums over one invocation, and `gauges`. One without a
 * value is absent. Each costs money, so there are those of alarms only: everything else that an
 * invocation counts is in its log line.
 */
export const metricUnits = {
  /** Objects that were scanned, were covered, or were skipped with a reason. */
  ObjectsAnalyzed: 'Count',
  ObjectsFailed: 'Count',
  /**
   * Skipped or failed objects that cannot be read as they are: archived, denied, or under a key
   * that the role cannot use.
   */
  ObjectsUnreadable: 'Count',
  /** Errors that are retried, or that an operator should know of. */
  Problems: 'Count',
  /** From the live analyzer: number of the ruleset that covers its objects. */
  AppliedRulesetSequence: 'None',
  /**
   * From the finisher: number of the active ruleset, which grows by one with each publish or
   * rollback; 0 before the first.
   */
  RulesetSequence: 'None',
  /** From the finisher: rules of the active ruleset; 0 before the first. */
  RulesetRules: 'Count',
  /** From the finisher, while retro scans run: time since the most idle one advanced. */
  OldestScanIdleSeconds: 'Seconds',
  /** From the finisher, if it could not send alerts: age of the oldest owed alert. */
  OldestOwedAlertSeconds: 'Seconds',
} as const;

/** What an invocation counts for its log line, in the order of the line. One without a value is absent. */
export const countNames = [
  'ObjectsScanned',
  /** Objects to which all requested logic had been applied before. */
  'ObjectsCovered',
  'ObjectsSkipped',
  /** Of the scanned objects, or of their first parts if only these were scanned. */
  'BytesScanned',
  'RuleMatches',
  'EngineMs',
  'AlertsSent',
  'AlertsDelayed',
  'ObjectsQuarantined',
  'ScansCompleted',
  /** Events with nothing to scan. */
  'EventsIgnored',
  /** Messages that go back to the queue. */
  'MessagesFailed',
  /** While retro scans run: objects that are listed and have no outcome yet. */
  'RetroObjectsLeft',
] as const;

export type MetricName = keyof typeof metricUnits;

/**
 * Metrics of the current state: of two values the later counts. Their sums over time mean nothing:
 * use the maximum.
 */
export const gauges = [
  'AppliedRulesetSequence',
  'RulesetSequence',
  'RulesetRules',
  'OldestScanIdleSeconds',
  'OldestOwedAlertSeconds',
] as const satisfies readonly MetricName[];

export type GaugeName = (typeof gauges)[number];
export type CountName = (typeof countNames)[number];
/** What is added up over an invocation. */
export type CounterName = Exclude<MetricName, GaugeName> | Exclude<CountName, 'RetroObjectsLeft'>;

/** Metrics that every line with an object has, even with 0: alarms on a share need both sides. */
export const objectMetrics = [
  'ObjectsAnalyzed',
  'ObjectsFailed',
  'ObjectsUnreadable',
] as const satisfies readonly MetricName[];
