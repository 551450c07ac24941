import { readFile } from 'node:fs/promises';
import test from 'ava';
import { countNames, gauges, metricUnits } from '../../src/handlers/telemetry/metric-names.ts';

const page = await readFile(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8');

test('every metric is listed once, with its unit, among counters or gauges', (t) => {
  const [metrics = ''] = page.split('## Counts');
  const [counters = '', states = ''] = metrics.split('## Gauges');
  const rowsOf = (text: string) =>
    [...text.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, unit]) => [name, unit]);
  t.deepEqual(Object.fromEntries([...rowsOf(counters), ...rowsOf(states)]), { ...metricUnits });
  t.deepEqual(
    rowsOf(states)
      .map(([name]) => name)
      .toSorted(),
    [...gauges].toSorted(),
  );
  t.is(rowsOf(metrics).length, Object.keys(metricUnits).length);
});

test('every count of the log line is listed once', (t) => {
  const [, counts = ''] = page.split('## Counts');
  const names = [...counts.matchAll(/^\| (`.+`) \|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? []);
  t.deepEqual(names.toSorted(), [...countNames].toSorted());
});
