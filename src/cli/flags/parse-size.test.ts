import test from 'ava';
import { parseSize } from './parse-size.ts';

test('a size is bytes, or a number with a decimal or binary unit', (t) => {
  t.is(parseSize('0'), 0);
  t.is(parseSize('1024'), 1024);
  t.is(parseSize('10KB'), 10_000);
  t.is(parseSize('5MiB'), 5 * 1024 ** 2);
  t.is(parseSize('1.5 g'), 1.5 * 1024 ** 3);
  t.is(parseSize('2tb'), 2e12);
});

for (const text of ['', 'x', '-1', '1XB', '1e3', '9999999TiB', '1.2.3']) {
  test(`"${text}" is not a size`, (t) => {
    t.throws(() => parseSize(text), { code: 'ERR_USAGE', message: /^Invalid size/ });
  });
}
