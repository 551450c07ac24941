import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { AlarmDefinition, Watching } from './alarm.ts';

const operators = { '>=': 'GreaterThanOrEqualToThreshold', '<': 'LessThanThreshold' } as const;

/** Creates alarms from their definitions. Each notifies the topic at its start and end. */
export class MetricAlarms extends pulumi.ComponentResource {
  /** In the order of the definitions. */
  readonly arns: readonly pulumi.Output<string>[];

  constructor(
    { names, tags }: StackContext,
    options: { readonly definitions: readonly AlarmDefinition[]; readonly topicArn: pulumi.Input<string> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:watch:MetricAlarms', 'alarms', {}, opts);
    const { definitions, topicArn } = options;
    this.arns = definitions.map((definition) => {
      const { part, description, watching, comparison, threshold, periods, missing, warmUpMinutes } = definition;
      const alarm = new aws.cloudwatch.MetricAlarm(
        `${part}-alarm`,
        {
          ...{ name: names.of(part), alarmDescription: description, threshold, treatMissingData: missing, tags },
          comparisonOperator: operators[comparison],
          evaluationPeriods: periods,
          datapointsToAlarm: definition.datapoints ?? periods,
          ...{ alarmActions: [topicArn], okActions: [topicArn] },
          ...(warmUpMinutes === undefined
            ? {}
            : { warmUpConfiguration: { warmUpPeriodDurationInMinutes: warmUpMinutes } }),
          ...watchedArgs(watching, definition.periodSeconds),
        },
        { parent: this },
      );
      return alarm.arn;
    });
    this.registerOutputs();
  }
}

function watchedArgs(watching: Watching, period: number): Partial<aws.cloudwatch.MetricAlarmArgs> {
  if ('metric' in watching) {
    const { namespace, name, dimensions, statistic } = watching.metric;
    return { namespace, metricName: name, dimensions, statistic, period };
  }
  const metrics = Object.entries(watching.metrics).map(([id, { namespace, name, dimensions, statistic }]) => ({
    id,
    metric: { namespace, metricName: name, dimensions, stat: statistic, period },
    returnData: false,
  }));
  return { metricQueries: [{ id: 'result', expression: watching.expression, returnData: true }, ...metrics] };
}
