import test from 'ava';
import { pricesOf } from '../../../src/targets/aws/prices/aws-prices.ts';
import { costTables, sizes } from './cost-tables.ts';

const tables = costTables();
const cellsOf = (name: string) =>
  (tables[name] ?? '')
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const dollars = (cell = '') => Number(cell.replaceAll(/[$,]/g, ''));

test('there is a month, an arrival and a retro scan of each number of files', (t) => {
  for (const { name } of sizes) {
    for (const table of ['month', 'live', 'retro']) {
      t.true(
        cellsOf(table).some(([first]) => first === name),
        `${table}: ${name}`,
      );
    }
  }
});

test('rows add up, to the rounding', (t) => {
  for (const table of ['live', 'retro']) {
    for (const [name = '', ...cells] of cellsOf(table)) {
      const sum = dollars(cells.pop());
      const parts = cells.reduce((total, cell) => total + dollars(cell), 0);
      t.true(Math.abs(sum - parts) <= (sum >= 100 ? 3 : 0.04), `${table} ${name}: ${parts} is not ${sum}`);
    }
  }
  for (const [name, idle, upload, live, keeping, first, twelfth] of cellsOf('month')) {
    const month = dollars(idle) + dollars(upload) + dollars(live) + dollars(keeping);
    const isSum = (cell: string | undefined, sum: number) =>
      Math.abs(dollars(cell) - sum) <= (dollars(cell) >= 100 ? 12 : 0.12);
    t.true(isSum(first, month), name);
    t.true(isSum(twelfth, month + 11 * dollars(keeping)), name);
  }
});

test('the cost of a terabyte in a million objects is many times lower than the prices of others', (t) => {
  const [others, ...ours] = cellsOf('comparison').map(([, cell]) => dollars(cell));
  t.is(others, 305);
  for (const each of ours) t.true(each * 10 < (others ?? 0), String(each));
});

test('Intelligent-Tiering costs more where each file is read once a month, and for small files always', (t) => {
  const row = cellsOf('tiering').find(([name]) => name === '250 kB') ?? [];
  t.deepEqual(row.slice(1, 3), ['$5.36', '$7.86']);
  for (const [, standard, monthly] of cellsOf('tiering')) t.true(dollars(monthly) >= dollars(standard));
  const [, standard, ...tiered] = cellsOf('tiering').find(([name]) => name === '100 kB') ?? [];
  for (const each of tiered.slice(0, 3)) t.is(dollars(each), dollars(standard));
});

test('prices state their region and date', (t) => {
  t.regex(tables['prices'] ?? '', new RegExp(`${pricesOf.region}.*${pricesOf.lookedUp}`));
  t.regex(pricesOf.lookedUp, /^\d{4}-\d\d-\d\d$/);
});
