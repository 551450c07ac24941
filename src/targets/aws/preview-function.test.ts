import test from 'ava';
import { previewFunction } from './preview-function.ts';

test('the alias for previews replaces any other alias', (t) => {
  const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:rearview-prod-batcher';
  t.is(previewFunction('rearview-prod-batcher:live'), 'rearview-prod-batcher:preview');
  t.is(previewFunction('batcher'), 'batcher:preview');
  t.is(previewFunction('batcher:7'), 'batcher:preview');
  t.is(previewFunction(arn), `${arn}:preview`);
  t.is(previewFunction(`${arn}:live`), `${arn}:preview`);
  t.is(previewFunction('111122223333:function:batcher:live'), '111122223333:function:batcher:preview');
  t.is(previewFunction('batcher:preview'), 'batcher:preview');
});
