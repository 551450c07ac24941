import { liveUsage } from '../../../src/targets/aws/prices/aws-costs.ts';
import { dollarsOf, sumOf } from '../../../src/targets/aws/prices/aws-usage.ts';
import { idleUsage } from '../../../src/targets/aws/prices/idle-usage.ts';

/** The two figures to keep an eye on: docs/reference/costs.md has the others. */
const figures = [
  ['an idle stack, a month', idleUsage],
  ['live analysis of a million files in a month', liveUsage({ files: 1e6, averageBytes: 250_000 })],
] as const;

for (const [what, usage] of figures) {
  process.stdout.write(`${what.padEnd(45)} $${sumOf(dollarsOf(usage)).toFixed(2)}\n`);
}
