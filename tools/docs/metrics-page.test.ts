import { readFile } from 'node:fs/promises';
import test from 'ava';
import { gauges, metricUnits } from '../../src/handlers/telemetry/metric-names.ts';

const page = await readFile(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');

test('every metric is listed once, with its unit, among counters or gauges', (t) => {
  const [counters = '', states = ''] = page.split('## Gauges');
  const rowsOf = (text: string) =>
    [...text.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, unit]) => [name, unit]);
  t.deepEqual(Object.fromEntries([...rowsOf(counters), ...rowsOf(states)]), { ...metricUnits });
  t.deepEqual(
    rowsOf(states)
      .map(([name]) => name)
      .toSorted(),
    [...gauges].toSorted(),
  );
  t.is(rowsOf(page).length, Object.keys(metricUnits).length);
});
