import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import { stackTag } from '../stack-tag.ts';

/** Percent of the budget. */
const notices = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'ACTUAL', threshold: 100 },
  { notificationType: 'FORECASTED', threshold: 100 },
] as const;

/**
 * The monthly budget of the stack: notifies the topic at 80 % and 100 % of it, and when the
 * forecast exceeds it. It counts resources with the tag of the stack, once `rearview-stack` is
 * activated as a cost allocation tag of the payer; until then it counts nothing. Costs have a delay
 * of hours.
 * https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
 */
export class MonthlyBudget extends pulumi.ComponentResource {
  /** @throws Error if the stack has no tag to count by */
  constructor(
    { names, tags }: StackContext,
    { dollars, topicArn }: { readonly dollars: number; readonly topicArn: pulumi.Input<string> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:watch:MonthlyBudget', 'monthly', {}, opts);
    const value = tags[stackTag];
    if (value === undefined) throw new Error(`The stack has no tag ${stackTag} for its budget to count by.`);
    new aws.budgets.Budget(
      'monthly-budget',
      {
        ...{ name: names.of('monthly'), budgetType: 'COST', timeUnit: 'MONTHLY', tags },
        ...{ limitAmount: String(dollars), limitUnit: 'USD' },
        costFilters: [{ name: 'TagKeyValue', values: [`user:${stackTag}$${value}`] }],
        notifications: notices.map((notice) => ({
          ...{ ...notice, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
          subscriberSnsTopicArns: [topicArn],
        })),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
