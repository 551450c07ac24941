import type { RetroPlan } from '../../app/scans/plan-retro.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import { forecastSection } from '../../pull-requests/forecast-section.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { readReviewConfig } from '../flags/review-config.ts';
import { printLine } from './output.ts';
import { writeSection } from './review-section.ts';

export type ForecastBudget = ReviewConfig['forecast'];

/**
 * The budget of the configuration, if `--config` or `--report` makes the plan part of a review;
 * otherwise null.
 * @throws RearviewError as `readReviewConfig`
 */
export async function budgetOf(
  context: CliContext,
  { config, report }: { readonly config?: string | undefined; readonly report?: string | undefined },
): Promise<ForecastBudget | null> {
  if (config === undefined && report === undefined) return null;
  return (await readReviewConfig(context, config)).forecast;
}

/**
 * Compares a plan with the budget: prints exceeded and unknown limits on stderr, and writes the
 * section of the review.
 * @param report value of the flag
 * @returns the exit code
 */
export async function printForecast(
  context: CliContext,
  report: string | undefined,
  plan: RetroPlan,
  budget: ForecastBudget,
): Promise<number> {
  const section = forecastSection(plan, budget);
  for (const each of section.over) await printLine(context.stderr, `above the budget: ${each}`);
  if (budget.maxMinutes !== null && section.expectedMs === null) {
    const why = 'before a first long scan has completed';
    await printLine(
      context.stderr,
      `The time is not known ${why}: it is not compared with the budget of ${budget.maxMinutes} minutes (forecast.maxMinutes).`,
    );
  }
  await writeSection(context, report, section);
  return section.verdict === 'failed' ? exitCodes.problems : exitCodes.ok;
}
