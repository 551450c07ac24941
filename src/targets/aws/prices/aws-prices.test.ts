import test from 'ava';
import { lambdaMemoryMb, type Price, priceList, prices } from './aws-prices.ts';

const entries: readonly (readonly [string, Price])[] = Object.entries(priceList);

test('each price equals its quotation, for one unit', (t) => {
  for (const [name, { dollars, quoted }] of entries) {
    const [, amount = '', many = '1'] = /^\$([\d.]+) per (?:(million|[\d,]+) )?/.exec(quoted) ?? [];
    const units = many === 'million' ? 1e6 : Number(many.replaceAll(',', ''));
    t.true(Math.abs(dollars - Number(amount) / units) < 1e-15, `${name}: ${dollars} is not ${quoted}`);
    t.true(dollars > 0, name);
  }
});

test('each price links the page of its service', (t) => {
  for (const [name, { page, service }] of entries) {
    t.true(page.startsWith(`https://aws.amazon.com/${service.toLowerCase()}/pricing/`), name);
  }
});

test('prices by name are those of the list', (t) => {
  t.deepEqual(Object.keys(prices), Object.keys(priceList));
  for (const [name, { dollars }] of entries) t.is(Object.entries(prices).find(([each]) => each === name)?.[1], dollars);
  t.is(lambdaMemoryMb, 1769);
});
