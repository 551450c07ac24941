/** Where the metrics lie in CloudWatch; their one dimension is `service`, the name of the function. Alarms and dashboards name them from here. */
export const metricNamespace = 'Rearview';

/** Every metric, with its unit in CloudWatch: sums over one invocation, and `gauges`. One that has nothing to say is absent. */
export const metricUnits = {
  ObjectsScanned: 'Count',
  /** All the logic asked for had been applied before. */
  ObjectsCovered: 'Count',
  ObjectsSkipped: 'Count',
  ObjectsFailed: 'Count',
  /** Of those skipped or failed: what cannot be read as it is. Archived, under a key that the role cannot use, denied. */
  ObjectsUnreadable: 'Count',
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
  /** Of the live analyzer: number of the ruleset that it left its objects covered with. */
  AppliedRulesetSequence: 'None',
  /** Of the finisher: number of the ruleset in force, which grows by one with each that is put in force; 0 before the first. */
  RulesetSequence: 'None',
  /** Of the finisher: rules of the ruleset in force; 0 before the first. */
  RulesetRules: 'Count',
  /** Of the finisher, while retro scans run: objects that are listed and have no outcome yet. */
  RetroObjectsLeft: 'Count',
  /** Of the finisher, while retro scans run: how long the one that has not got on for longest has not. */
  OldestScanIdleSeconds: 'Seconds',
  /** Of the finisher, where it could not send alerts: age of the oldest that is owed. */
  OldestOwedAlertSeconds: 'Seconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/** Metrics that say how things stand: told twice, the later counts. Their sums over time mean nothing: ask for the maximum. */
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

/** Told whenever an object was, be it with 0: alarms on a share need both sides. */
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
