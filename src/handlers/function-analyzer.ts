import { availableParallelism } from 'node:os';
import type { Analyzer } from '../app/analysis/analyzer.ts';
import { createAwsAnalyzer } from '../targets/aws/aws-analyzer.ts';
import { type Invocation, observe } from './invocation.ts';

/** Belongs to the execution environment, like the target. */
let analyzer: Analyzer | undefined;

/**
 * The analyzer of this function. It is created once: its workers, and the ruleset in them, serve
 * the invocations that follow.
 */
export function analyzerOf({ target }: Pick<Invocation, 'target'>): Analyzer {
  analyzer ??= createAwsAnalyzer(target, { workers: availableParallelism(), observe });
  return analyzer;
}
