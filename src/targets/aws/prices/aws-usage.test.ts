import test from 'ava';
import fc from 'fast-check';
import { type PriceName, priceList, services } from './aws-prices.ts';
import { addUsage, dollarsOf, sumOf, timesUsage, type Usage } from './aws-usage.ts';

const names = Object.keys(priceList) as PriceName[];
const usages: fc.Arbitrary<Usage> = fc.dictionary(fc.constantFrom(...names), fc.nat(1e9));
const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, a, b);

test('the dollars of a sum are the sum of the dollars, per service and in total', (t) => {
  fc.assert(
    fc.property(usages, usages, (one, other) => {
      const [a, b, both] = [one, other, addUsage(one, other)].map(dollarsOf);
      if (a === undefined || b === undefined || both === undefined) return t.fail();
      for (const service of services) t.true(isNear(both[service], a[service] + b[service]));
      t.true(isNear(sumOf(both), sumOf(a) + sumOf(b)));
    }),
  );
});

test('adding does not depend on the order, and an empty sum is nothing', (t) => {
  fc.assert(
    fc.property(usages, usages, (one, other) => {
      t.deepEqual(addUsage(one, other), addUsage(other, one));
      t.deepEqual(addUsage(one, {}), addUsage(one));
    }),
  );
});

test('a multiple of a usage equals repeated addition', (t) => {
  fc.assert(
    fc.property(usages, fc.nat(20), (usage, times) => {
      t.deepEqual(timesUsage(times, usage), addUsage(...Array.from({ length: times }, () => usage)));
    }),
  );
});

test('a unit costs its price, listed under its service only', (t) => {
  for (const name of names) {
    const { service, dollars } = priceList[name];
    for (const each of services) t.is(dollarsOf({ [name]: 1 })[each], each === service ? dollars : 0);
  }
});
