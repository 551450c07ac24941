import test from 'ava';
import { createStableFiles } from './stable-files.ts';

const file = { path: 'a' };

function setUp(settleMs = 100) {
  const clock = { ms: 0 };
  const stable = createStableFiles({ settleMs, now: () => clock.ms, wallNow: () => 1_000_000 + clock.ms });
  const look = (fingerprint: string, { changedAtMs = 1_000_000, of = file } = {}) =>
    stable.isStable(of, { fingerprint, size: 1, modifiedAt: '', changedAtMs });
  return { clock, stable, look };
}

test('a file is stable once it has been unchanged for long enough', (t) => {
  const { clock, look } = setUp();
  t.false(look('1'));
  clock.ms = 99;
  t.false(look('1'));
  clock.ms = 100;
  t.true(look('1'));
});

test('a file that keeps changing is not stable, whatever its times', (t) => {
  const { clock, look } = setUp();
  for (let at = 0; at < 1000; at += 90) {
    clock.ms = at;
    t.false(look(String(at), { changedAtMs: 2_000_000 }));
  }
  clock.ms += 100;
  t.true(look('990', { changedAtMs: 2_000_000 }));
});

test('a file that changed a minute ago is stable at first sight, unless it then changes', (t) => {
  const { look } = setUp();
  t.true(look('1', { changedAtMs: 1_000_000 - 60_001 }));
  t.false(look('2'));
  t.false(look('3', { changedAtMs: 0 }));
});

test('a failed file is delayed twice as long each time, and no longer once it changes', (t) => {
  const { clock, stable, look } = setUp(0);
  look('1');
  for (const delayMs of [1000, 2000, 4000]) {
    stable.holdBack(file);
    clock.ms += delayMs - 1;
    t.false(look('1'));
    clock.ms += 1;
    t.true(look('1'));
  }
  stable.holdBack(file);
  t.true(look('2'));
});

test('a file that was uploaded at first sight and failed is also delayed', (t) => {
  const { clock, stable, look } = setUp();
  const old = { changedAtMs: 0 };
  t.true(look('1', old));
  stable.holdBack(file);
  t.false(look('1', old));
  clock.ms = 100;
  t.true(look('1', old));
  stable.holdBack(file);
  clock.ms = 1099;
  t.false(look('1', old));
  clock.ms = 1100;
  t.true(look('1', old));
});

test('files are distinguished by the bytes of their paths, and removed ones are forgotten', (t) => {
  const { clock, stable, look } = setUp();
  const other = { path: 'a', pathBytes: 'ff' };
  t.false(look('1'));
  clock.ms = 100;
  t.false(look('1', { of: other }));
  t.true(look('1'));
  for (let sweep = 0; sweep < 3; sweep += 1) stable.endSweep();
  t.false(look('1'));
});
