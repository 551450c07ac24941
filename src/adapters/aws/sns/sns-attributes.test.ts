import test from 'ava';
import fc from 'fast-check';
import { sampleAlert } from '../../../ports/alert-sink.contract.ts';
import { alertAttributes, alertSubject, attributesBytes } from './sns-attributes.ts';

const sample = sampleAlert();
const withRule = (fields: Partial<typeof sample.rule>) => sampleAlert({ rule: { ...sample.rule, ...fields } });
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

test('a subscription can filter by rule, namespace, severity, bucket, kind, reason, scan and tags', (t) => {
  t.deepEqual(alertAttributes(withRule({ tags: ['linux', 'webshell'] })), {
    ...{ rule: text('R'), namespace: text('a.yar'), severity: text('high'), bucket: text('corpus') },
    ...{ kind: text('live'), reason: text('new_match'), scan: text('s') },
    tags: { DataType: 'String.Array', StringValue: '["linux","webshell"]' },
  });
});

test('empty attributes are left out, since SNS refuses them', (t) => {
  t.false('tags' in alertAttributes(withRule({ tags: [] })));
  t.false('namespace' in alertAttributes(withRule({ namespace: '' })));
});

test('the first of very many tags are kept', (t) => {
  const tags = Array.from({ length: 5000 }, (_, index) => `tag${index}`);
  const attributes = alertAttributes(withRule({ tags }));
  const kept: unknown = JSON.parse(attributes['tags']?.StringValue ?? '');
  t.true(Array.isArray(kept) && kept.length > 300 && kept.length < 600);
  t.deepEqual(kept, tags.slice(0, Array.isArray(kept) ? kept.length : 0));
});

test('attributes are valid and small, whatever the alert contains', (t) => {
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc.constantFrom('\0', '\ud800', '\uffff', 'x'.repeat(10 ** 6), '\n'),
  );
  fc.assert(
    fc.property(any, any, fc.array(any, { maxLength: 100 }), (namespace, severity, tags) => {
      const attributes = alertAttributes(withRule({ namespace, severity, tags }));
      t.true(Object.keys(attributes).length <= 10);
      t.true(attributesBytes(attributes) < 20_000);
      for (const { StringValue = '' } of Object.values(attributes)) {
        t.regex(StringValue, /^[^\p{Cc}\p{Cs}\ufffe\uffff]+$/u);
      }
      const found: unknown = JSON.parse(attributes['tags']?.StringValue ?? '[]');
      t.true(Array.isArray(found) && found.length <= tags.length);
    }),
  );
});

test('the size of attributes counts names, types and values in bytes', (t) => {
  t.is(attributesBytes({ ab: text('üx') }), 'ab'.length + 'String'.length + 3);
  t.is(attributesBytes({}), 0);
});

test('a subject is one line of less than 100 printable ASCII characters that starts with a bracket', (t) => {
  t.is(
    alertSubject({ ...sample, file: { ...sample.file, filename: 'x.php' } }, 'rearview'),
    '[Rearview] high: R in x.php',
  );
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('rearview' as const, 'binaryalert' as const),
      (path, format) => {
        const file = { ...sample.file, filepath: path, filename: path };
        t.regex(alertSubject({ ...sample, file }, format), /^\[[\x20-\x7e]{1,98}$/);
      },
    ),
  );
});

test('in the format of BinaryAlert, the subject is that of BinaryAlert, shortened in the middle if necessary', (t) => {
  const subjectOf = (filepath: string) =>
    alertSubject({ ...sample, file: { ...sample.file, filepath } }, 'binaryalert');
  t.is(subjectOf('/tmp/x'), '[BinaryAlert] /tmp/x matches a YARA rule');
  t.is(subjectOf(''), '[BinaryAlert] c matches a YARA rule');
  const long = subjectOf(`/${'x'.repeat(200)}/evil.exe`);
  t.is(long.length, 99);
  t.regex(long, /^\[BinaryAlert\] \/x+ \.\.\. x+\/evil\.exe matches a YARA rule$/);
});
