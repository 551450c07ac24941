import test from 'ava';
import { alertSinkContract, sampleAlert } from '../../../ports/alert-sink.contract.ts';
import { alertLine, createTerminalAlertSink } from './alerts-terminal.ts';

alertSinkContract(test, () => ({ sink: createTerminalAlertSink({ write: () => undefined }), delivered: null }), null);

test('an alert is one line, whatever paths, rules and data contain', (t) => {
  const alert = sampleAlert();
  const hostile = '\u001b[2J\r\n\u009b\u202e\u2028';
  const lines = [
    alertLine(alert),
    alertLine({ ...alert, rule: { ...alert.rule, id: `${hostile}:R`, severity: hostile } }),
    alertLine({ ...alert, strings: [{ identifier: '$a', offset: 0, length: 1, data: hostile }] }),
  ];
  for (const line of lines) t.notRegex(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  t.true(lines[0]?.includes('high a.yar:R in /tmp/\\x1b[2J'));
  t.true(lines[0]?.includes('$a at 12'));
  t.true(lines[0]?.includes('ü'));
});

test('an alert about a partly scanned file shows that', (t) => {
  const alert = sampleAlert();
  t.notRegex(alertLine(alert), /first/);
  const part = { ...alert.file, size: 2000, scannedBytes: 1000 };
  t.true(alertLine({ ...alert, file: part }).includes(' (its first 1000 of 2000 bytes): $a at 12'));
});
