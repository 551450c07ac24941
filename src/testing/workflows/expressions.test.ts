import test from 'ava';
import { evaluate, holds, interpolate } from './expressions.ts';

const contexts = {
  github: { ref: 'refs/heads/main', event: { number: 7 } },
  vars: { EMPTY: '' },
  needs: { a: { result: 'skipped' } },
};
const well = { success: true, failure: false };
const badly = { success: false, failure: true };

/** An expression in the syntax of workflows. */
const braces = (expression: string) => `\${{ ${expression} }}`;

test('expressions in a text are replaced by their values; a missing value is empty', (t) => {
  t.is(interpolate(`pull-${braces('github.event.number')}-${braces('vars.NONE')}.`, contexts), 'pull-7-.');
  t.is(interpolate(braces("github.ref == 'refs/heads/main' && needs.a.result != 'failure'"), contexts), 'true');
  t.is(interpolate(`$HOME ${braces('github.ref')}`, contexts), '$HOME refs/heads/main');
});

test('a condition only holds if all previous steps succeeded, unless it tests the status itself', (t) => {
  t.true(holds(undefined, contexts, well));
  t.false(holds(undefined, contexts, badly));
  t.true(holds("github.ref == 'refs/heads/main'", contexts, well));
  t.false(holds("github.ref == 'refs/heads/main'", contexts, badly));
  t.true(holds('always()', contexts, badly));
  t.true(holds(braces('!cancelled()'), contexts, badly));
  t.true(holds('failure()', contexts, badly));
  t.false(holds('failure()', contexts, well));
  t.false(holds("vars.EMPTY != ''", contexts, well));
});

test('an unknown context or function is an error, and so is a status function outside a condition', (t) => {
  t.throws(() => evaluate('secrets.TOKEN', contexts));
  t.throws(() => evaluate('nothing()', contexts));
  t.throws(() => evaluate('success()', contexts));
});
