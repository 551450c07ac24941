import test from 'ava';
import { sampleAlert } from '../../ports/alert-sink.contract.ts';
import { toBinaryAlert } from './binaryalert.ts';
import { renderAlert } from './render-alert.ts';

const string = (identifier: string, data: string) => ({ identifier, offset: 0, length: data.length, data });
const alert = sampleAlert({
  rule: {
    ...{ id: 'public/eicar.yara:eicar_av_test', namespace: 'public/eicar.yara', name: 'eicar_av_test' },
    ...{ tags: ['test', 'harmless'], severity: 'low', logicHash: 'L' },
    meta: [
      { identifier: 'description', value: 'The EICAR test file' },
      { identifier: 'version', value: 2 },
      { identifier: 'trusted', value: false },
    ],
  },
  strings: [string('$b', 'second'), string('$a', 'first'), string('$b', 'third')],
  file: { sha256: 'FILE_SHA256', md5: 'FILE_MD5', size: 68, filepath: '/tmp/eicar.txt', filename: 'eicar.txt' },
  object: { bucket: 'corpus', key: 'eicar_test', version: 'v1', arrivedAt: '2017-09-16T00:25:37.000Z' },
});

test('an alert is what BinaryAlert would have sent for that one rule', (t) => {
  t.deepEqual(toBinaryAlert(alert), {
    FileInfo: {
      MD5: 'FILE_MD5',
      S3LastModified: '2017-09-16 00:25:37+00:00',
      S3Location: 'S3:corpus:eicar_test',
      S3Metadata: { filepath: '/tmp/eicar.txt' },
      SHA256: 'FILE_SHA256',
    },
    MatchedRules: {
      Rule1: {
        MatchedData: ['first', 'second', 'third'],
        MatchedStrings: ['$a', '$b'],
        Meta: { description: 'The EICAR test file', version: 2, trusted: false },
        RuleFile: 'public/eicar.yara',
        RuleName: 'eicar_av_test',
        RuleTags: ['test', 'harmless'],
      },
    },
    NumMatchedRules: 1,
  });
});

test('the uploader is left out: consumers of BinaryAlert get the fields they know', (t) => {
  const uploadedBy = { principal: 'AWS:AROAEXAMPLE:host', address: '203.0.113.9' };
  const withUploader = { ...alert, object: { ...alert.object, uploadedBy } };
  t.deepEqual(toBinaryAlert(withUploader), toBinaryAlert(alert));
  t.deepEqual(JSON.parse(renderAlert(withUploader, 'rearview')).object.uploadedBy, uploadedBy);
});

test('S3LastModified has no fraction of a second, as S3 has none', (t) => {
  const object = { ...alert.object, arrivedAt: '2026-01-02T03:04:05.678Z' };
  t.is(toBinaryAlert({ ...alert, object }).FileInfo.S3LastModified, '2026-01-02 03:04:05+00:00');
});

test('S3Location is not escaped, whatever the key', (t) => {
  const object = { ...alert.object, key: 'a b:c/ü%2F' };
  t.is(toBinaryAlert({ ...alert, object }).FileInfo.S3Location, 'S3:corpus:a b:c/ü%2F');
});

test('MatchedData is text if the bytes are UTF-8, and hex otherwise', (t) => {
  const dataOf = (data: string) =>
    toBinaryAlert({ ...alert, strings: [string('$a', data)] }).MatchedRules.Rule1.MatchedData;
  t.deepEqual(dataOf('\\xc3\\xbc\\x00\\\\x41'), ['ü\0\\x41']);
  t.deepEqual(dataOf('\\xef\\xbb\\xbfA'), ['\ufeffA']);
  t.deepEqual(dataOf('MZ\\x90\\xff'), ['4d5a90ff']);
  t.deepEqual(toBinaryAlert({ ...alert, strings: [] }).MatchedRules.Rule1.MatchedData, []);
});

test('the last value of a repeated meta identifier wins, as in Python, and no identifier does harm', (t) => {
  const meta = [
    { identifier: 'author', value: 'one' },
    { identifier: 'author', value: 'two' },
    { identifier: '__proto__', value: 'x' },
  ];
  t.is(
    JSON.stringify(toBinaryAlert({ ...alert, rule: { ...alert.rule, meta } }).MatchedRules.Rule1.Meta),
    '{"author":"two","__proto__":"x"}',
  );
});

test('a shortened alert shows that next to the fields of BinaryAlert', (t) => {
  const cut = { ...alert, full: { bucket: 'state', key: 'alerts/2026-01-01/ab12.json' }, stringsTotal: 900 };
  t.deepEqual(toBinaryAlert(cut).Cut, { Full: 'S3:state:alerts/2026-01-01/ab12.json', StringsTotal: 900 });
  t.deepEqual(toBinaryAlert({ ...cut, metaTotal: 3, tagsTotal: 2, shortened: ['rule.severity'] }).Cut, {
    ...{ Full: 'S3:state:alerts/2026-01-01/ab12.json', StringsTotal: 900, MetaTotal: 3, TagsTotal: 2 },
    Shortened: ['rule.severity'],
  });
});

test('alerts are rendered on one line, in both formats', (t) => {
  t.deepEqual(JSON.parse(renderAlert(alert, 'rearview')), alert);
  t.deepEqual(JSON.parse(renderAlert(alert, 'binaryalert')), toBinaryAlert(alert));
  for (const format of ['rearview', 'binaryalert'] as const) t.notRegex(renderAlert(sampleAlert(), format), /[\r\n]/);
});
