import test, { type ExecutionContext } from 'ava';
import type { RecordedProgram, RecordedResource } from '../testing/record-program.ts';
import { recordWatch, withSubscription } from '../testing/record-watch.ts';

const topicArn = 'arn:aws:sns:eu-central-1:111122223333:rearview-prod-operations';

test.serial(
  'the budget counts resources with the tag of the stack, and notifies the topic at 80, 100 and forecast 100 percent',
  async (t) => {
    const budget = (await recordWatch({ monthlyBudgetDollars: 250.5 })).named('monthly-budget').inputs;
    t.like(budget, {
      name: 'rearview-prod-monthly',
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: '250.5',
      limitUnit: 'USD',
    });
    t.deepEqual(budget['costFilters'], [{ name: 'TagKeyValue', values: ['user:rearview-stack$rearview-prod'] }]);
    const noticed = {
      comparisonOperator: 'GREATER_THAN',
      thresholdType: 'PERCENTAGE',
      subscriberSnsTopicArns: [topicArn],
    };
    t.deepEqual(budget['notifications'], [
      { ...noticed, notificationType: 'ACTUAL', threshold: 80 },
      { ...noticed, notificationType: 'ACTUAL', threshold: 100 },
      { ...noticed, notificationType: 'FORECASTED', threshold: 100 },
    ]);
    t.is((await recordWatch({ monthlyBudgetDollars: null })).ofType('Budget').length, 0);
  },
);

test.serial('two stacks share no name, and neither watches or notifies the other', async (t) => {
  const all = { ...withSubscription, dashboard: true };
  const [one, other] = [await recordWatch(all, 'prod'), await recordWatch(all, 'dev')];
  const namesIn = (program: RecordedProgram<unknown>) =>
    program.resources.flatMap(({ inputs }: RecordedResource) => inputs['name'] ?? inputs['dashboardName'] ?? []);
  t.true(namesIn(one).length > 20);
  t.is(new Set(namesIn(one)).size, namesIn(one).length);
  t.deepEqual(
    namesIn(one).filter((name) => namesIn(other).includes(name)),
    [],
  );
  assertNone(t, one, /rearview-dev/);
  assertNone(t, other, /rearview-prod/);
});

function assertNone(t: ExecutionContext, program: RecordedProgram<unknown>, pattern: RegExp): void {
  t.notRegex(JSON.stringify(program.resources), pattern);
}
