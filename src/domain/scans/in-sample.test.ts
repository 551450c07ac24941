import test from 'ava';
import fc from 'fast-check';
import type { ObjectRef } from '../objects/object.ts';
import { isInSample } from './in-sample.ts';

const object: fc.Arbitrary<ObjectRef> = fc.record({ bucket: fc.string(), key: fc.string(), version: fc.string() });
const share = fc.double({ min: 0, max: 1, noNaN: true });

test('a share of 0 takes nothing, and a share of 1 takes everything', (t) => {
  fc.assert(fc.property(object, (each) => !isInSample(each, 0) && isInSample(each, 1)));
  t.pass();
});

test('only the name of an object decides, and no other property', (t) => {
  const decidedAlike = fc.property(object, share, fc.nat(), (each, part, size) => {
    const { version, key, bucket } = each;
    return isInSample(each, part) === isInSample({ ...{ size, version, key, bucket } }, part);
  });
  fc.assert(decidedAlike);
  t.pass();
});

test('a larger sample contains every smaller one', (t) => {
  const grows = fc.property(object, share, share, (each, a, b) => {
    return !isInSample(each, Math.min(a, b)) || isInSample(each, Math.max(a, b));
  });
  fc.assert(grows);
  t.pass();
});

test('a sample has about the requested share, even of consecutive keys', (t) => {
  const count = 4000;
  // Six standard deviations. The seeds are fixed, so the result never changes.
  const isNear = fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.string(), (part, prefix) => {
    const keys = Array.from({ length: count }, (_, index) => ({ bucket: 'b', key: `${prefix}${index}`, version: '1' }));
    const found = keys.filter((each) => isInSample(each, part)).length;
    return Math.abs(found - count * part) < 6 * Math.sqrt(count * part * (1 - part));
  });
  fc.assert(isNear, { seed: 1, numRuns: 20 });
  t.pass();
});

test('the objects of a share stay the same between versions', (t) => {
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  const found = keys.filter((key) => isInSample({ bucket: 'corpus', key, version: '1' }, 0.25));
  t.deepEqual(found, ['k0', 'k2', 'k3', 'k6', 'k8', 'k10', 'k14', 'k18']);
});
