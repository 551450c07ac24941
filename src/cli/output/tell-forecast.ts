import type { RetroPlan } from '../../app/scans/plan-retro.ts';
import type { ReviewConfig } from '../../gates/review-config.ts';
import { forecastSection } from '../../pull-requests/forecast-section.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { readReviewConfig } from '../flags/review-config.ts';
import { printLine } from './output.ts';
import { tellSection } from './review-section.ts';

export type ForecastBudget = ReviewConfig['forecast'];

/**
 * The budget that a plan is held against: that of the configuration, where `--config` or `--report` says that the plan is part of a review. Null: none.
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
 * Holds a plan against the budget: says on stderr what is exceeded or cannot be known, and writes the section of the review.
 * @param report as the flag has it
 * @returns the exit code
 */
export async function tellForecast(
  context: CliContext,
  report: string | undefined,
  plan: RetroPlan,
  budget: ForecastBudget,
): Promise<number> {
  const section = forecastSection(plan, budget);
  for (const each of section.over) await printLine(context.stderr, `above the budget: ${each}`);
  if (budget.maxMinutes !== null && section.expectedMs === null) {
    const why = 'before the first scan of some length has completed';
    await printLine(
      context.stderr,
      `How long it would take is not known ${why}: it is not held against the budget of ${budget.maxMinutes} minutes (forecast.maxMinutes).`,
    );
  }
  await tellSection(context, report, section);
  return section.verdict === 'failed' ? exitCodes.findings : exitCodes.ok;
}
