/** Fewer show little. */
const leastRuns = 10;

/**
 * The number of runs of a property in this test run: a quarter of `all`, but not less than ten,
 * because each run of the tests has other inputs. With `REARVIEW_ALL_RUNS=1` in the environment, for
 * whoever changes the code that the property is about, it is `all`.
 */
export function runs(all: number): number {
  return process.env['REARVIEW_ALL_RUNS'] === '1' ? all : Math.min(all, Math.max(leastRuns, Math.ceil(all / 4)));
}
