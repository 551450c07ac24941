import test from 'ava';
import { RearviewError } from '../../domain/errors.ts';
import { createLoadTimeouts } from './load-timeouts.ts';

test('a ruleset that was too slow is not tried for a minute, and then again', (t) => {
  let nowMs = 0;
  const timeouts = createLoadTimeouts(() => nowMs);
  const error = new RearviewError('ERR_RULES_TIMEOUT', 'too slow');
  timeouts.note('slow', error);
  t.is(timeouts.of('slow'), error);
  t.is(timeouts.of('other'), undefined);
  nowMs = 59_999;
  t.is(timeouts.of('slow'), error);
  nowMs = 60_000;
  t.is(timeouts.of('slow'), undefined);
});
