import test from 'ava';
import { RearviewError } from '../../domain/errors.ts';
import { filledFlag, flagSet, repeatedFlag, requiredFlag, textFlag, toggleFlag, wordFlag } from './flag.ts';
import { choiceFlag, countFlag, listFlag, sha256Flag, shareFlag, switchFlag, textsFlag } from './flags.ts';

const linesOf = (read: () => unknown): readonly string[] => {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof RearviewError)) throw error;
    return error.lines;
  }
};

test('a flag that is not given has its default, or none', (t) => {
  const flags = flagSet({
    ...{ a: textFlag.optional(), b: textFlag.default('x'), c: switchFlag, d: toggleFlag(true), e: textsFlag },
    ...{ f: countFlag.default(7), g: textFlag.transform((text) => text.length).defaultText('four') },
  });
  t.deepEqual(flags.read({}), { a: undefined, b: 'x', c: false, d: true, e: [], f: 7, g: 4 });
});

test('a flag that is given has its value, and unknown values are left out', (t) => {
  const flags = flagSet({ a: textFlag.optional(), c: switchFlag, e: textsFlag, f: countFlag.optional() });
  const given = { a: 'one', c: true, e: ['x', 'y'], f: '12', other: 1 };
  t.deepEqual(flags.read(given), { a: 'one', c: true, e: ['x', 'y'], f: 12 });
});

test('all problems of a command line are reported, each with its flag', (t) => {
  const flags = flagSet({
    limit: countFlag.default(1),
    largeFiles: choiceFlag(['skip', 'head']).default('skip'),
    why: requiredFlag('a sentence is required'),
    name: repeatedFlag(filledFlag),
  });
  t.deepEqual(
    linesOf(() => flags.read({ limit: '0', largeFiles: 'tail', name: ['a', ''] })),
    [
      '--limit: Invalid number "0": use a whole number of at least 1.',
      '--large-files: Unknown value "tail": use one of skip, head.',
      '--why: a sentence is required',
      '--name: must not be empty.',
    ],
  );
});

test('combinations are checked once each flag is right, and stay with the flags of other sets', (t) => {
  const flags = flagSet({ json: switchFlag, format: textFlag.default('text'), n: countFlag.optional() })
    .check(({ json, format }) => !json || format === 'text', '--json: cannot be combined with --format.')
    .check(({ n }) => n !== 13, '--n: is unlucky.');
  t.deepEqual(
    linesOf(() => flags.read({ json: true, format: 'sarif', n: '13' })),
    ['--json: cannot be combined with --format.'],
  );
  t.deepEqual(
    linesOf(() => flags.read({ n: '13' })),
    ['--n: is unlucky.'],
  );
  t.deepEqual(
    linesOf(() => flags.read({ json: true, format: 'sarif', n: 'x' })),
    ['--n: Invalid number "x": use a whole number of at least 1.'],
  );
  t.deepEqual(flagSet({ ...flags.shape, more: switchFlag }).read({}), {
    ...{ json: false, format: 'text', n: undefined, more: false },
  });
});

test('lists, shares, words and hashes are read, and refused with the value', (t) => {
  t.deepEqual(listFlag(['a', 'b']).read('a, b'), ['a', 'b']);
  t.throws(() => listFlag(['a', 'b']).read('a,c'), { message: /Unknown value "c": use one of a, b/ });
  t.is(shareFlag.read('.5'), 0.5);
  for (const wrong of ['0', '1.1', '5 %', '']) t.throws(() => shareFlag.read(wrong), { message: /Invalid share/ });
  t.is(sha256Flag.read('AB'.repeat(32)), 'ab'.repeat(32));
  t.throws(() => sha256Flag.read('ab'), { message: /Invalid SHA-256 "ab"/ });
  t.throws(() => wordFlag(['live'], (given) => `No ${String(given)}`).read('x'), { message: 'No x' });
});
