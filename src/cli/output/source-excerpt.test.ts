import test from 'ava';
import { checkSource } from '../../engine/compile.ts';
import { sourceExcerpt } from './source-excerpt.ts';

const excerptOf = (source: string) => {
  const [error] = checkSource({ namespace: 'a.yar', source }).errors;
  return error === undefined ? [] : sourceExcerpt(error);
};

test('the line of an error is shown with the mark below it', (t) => {
  t.deepEqual(excerptOf('rule a {\n  condition: $b and foo }'), [
    '    |   condition: $b and foo }',
    '    |              ^^',
  ]);
});

test('of a long line, the part around the mark is shown, and both stay aligned', (t) => {
  const before = 'true and '.repeat(100);
  const [line = '', mark = '', ...more] = excerptOf(`rule a { condition: ${before}$b and ${before}true }`);
  t.deepEqual(more, []);
  t.true(line.length <= 110);
  t.is(line.slice(mark.indexOf('^'), mark.indexOf('^') + 2), '$b');
});

test('what is not of the engine has none', (t) => {
  t.deepEqual(sourceExcerpt({}), []);
});
