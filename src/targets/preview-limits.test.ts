import test from 'ava';
import { hasCode } from '../domain/errors.ts';
import { awsSettings } from './aws/aws-settings.ts';
import { awsPreviewLimits, localPreviewLimits } from './preview-limits.ts';

const defaults = { maxRunning: 10, maxRules: 2000, maxHours: 6, matchedBytes: false, within: null };

test('a stack without settings has limits, and no matched bytes', (t) => {
  t.deepEqual(awsPreviewLimits.parse(undefined), { maxObjects: 200_000, ...defaults });
  t.deepEqual(awsPreviewLimits.parse('{"maxObjects":5}'), { maxObjects: 5, ...defaults });
  t.deepEqual(awsPreviewLimits.parse({ within: [{ bucket: 'b' }] }).within, [{ bucket: 'b', prefix: '' }]);
});

test('the local target has generous limits, which the environment restricts', (t) => {
  t.like(localPreviewLimits({}), { maxObjects: 10_000_000, maxRunning: 100, matchedBytes: false, within: null });
  const text = JSON.stringify({ within: [{ bucket: 'corpus', prefix: 'in/' }], maxRunning: 0 });
  t.like(localPreviewLimits({ [awsSettings.previews]: text }), {
    ...{ maxObjects: 10_000_000, maxRunning: 0, within: [{ bucket: 'corpus', prefix: 'in/' }] },
  });
});

test('invalid limits are refused, never replaced with defaults', (t) => {
  const wrong = ['no', '5', '[]', 'null', '{"within":[]}', '{"within":"in/"}', '{"maxObjects":0}', '{"prefix":"in/"}'];
  for (const text of wrong) {
    t.false(awsPreviewLimits.safeParse(text).success, text);
    const error = t.throws(() => localPreviewLimits({ [awsSettings.previews]: text }), undefined, text);
    t.true(hasCode(error, 'ERR_CONFIG'));
    t.regex(error?.message ?? '', /^Invalid REARVIEW_PREVIEWS: /);
  }
});
