import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import { alarmsOf } from './alarms.ts';
import { placed } from './dashboard/widget.ts';
import { widgetsOf } from './dashboard/widgets.ts';
import { MetricAlarms } from './metric-alarms.ts';
import { MonthlyBudget } from './monthly-budget.ts';
import type { Watched } from './watched.ts';

/**
 * The monitoring of the stack: alarms, a budget and a dashboard if configured. Alarms and budget
 * notify the operations topic.
 */
export class Watch extends pulumi.ComponentResource {
  /** Null if none is configured. */
  readonly dashboardName: pulumi.Output<string> | null;

  constructor(context: StackContext, watched: Watched, opts?: pulumi.ComponentResourceOptions) {
    super('rearview:watch:Watch', 'watch', {}, opts);
    const topicArn = watched.topics.operationsArn;
    const dollars = context.config.monthlyBudgetDollars;
    if (dollars !== null) new MonthlyBudget(context, { dollars, topicArn }, { parent: this });
    const { arns } = new MetricAlarms(context, { definitions: alarmsOf(context, watched), topicArn }, { parent: this });
    this.dashboardName = context.config.dashboard ? this.#createDashboard(context, watched, arns) : null;
    this.registerOutputs();
  }

  #createDashboard(
    context: StackContext,
    watched: Watched,
    alarmArns: readonly pulumi.Output<string>[],
  ): pulumi.Output<string> {
    const dashboardBody = pulumi.jsonStringify({ widgets: placed(widgetsOf(context, watched, alarmArns)) });
    return new aws.cloudwatch.Dashboard(
      'dashboard',
      { dashboardName: context.names.base, dashboardBody },
      { parent: this },
    ).dashboardName;
  }
}
