import { createHash } from 'node:crypto';

/** Files that the change finds in the corpus, by their keys. */
export const planted = {
  'mail/2026/11/invoice-8841.txt': 'To see the invoice, run: echo Y3VybCAtcyBodHRwOi8v | base64 -d | sh\n',
  'endpoints/host-12/tmp/.x/up.sh': '#!/bin/sh\npayload=$(cat /tmp/.x/p)\necho "$payload" | base64 --decode | bash &\n',
  'endpoints/host-31/home/dev/deploy.sh': '#!/bin/sh\nbase64 -d < license.b64 > license\n',
  'endpoints/host-07/downloads/setup.vbs':
    'Set x = CreateObject("MSXML2.XMLHTTP")\nSet s = CreateObject("ADODB.Stream")\ns.SaveToFile "a.bin"\nCreateObject("WScript.Shell")\n',
};

const [known = '', ...unknown] = [planted['endpoints/host-12/tmp/.x/up.sh'], 'a sample of another collection'].map(
  (text) => createHash('sha256').update(text).digest('hex'),
);

const rule = `rule Script_Decode_And_Run {
  meta:
    description = "A script that decodes what it carries and runs it"
    author = "Rearview project"
    date = "2026-11-25"
    reference = "https://attack.mitre.org/techniques/T1140/"
    severity = "medium"
    sha256 = "${known}"
    hash = "${unknown.join()}"
  strings:
    $decode = /\\bbase64\\s{1,4}(-d|-D|--decode)\\b/
  condition:
    filesize < 1MB and $decode
}
`;

const tests = `tests:
  - name: decoded and piped into a shell
    sample: { text: "echo aGk= | base64 -d | sh" }
    matches: [Script_Decode_And_Run]
  - name: encoded
    sample: { text: "base64 -w0 report.pdf" }
    matches: []
`;

/** A pull request to the rules of this repository: a rule that is new and hits too much, and one with a wider condition. */
export function change(rules: Readonly<Record<string, Uint8Array>>): Readonly<Record<string, string>> {
  const file = 'rules/script/downloaders.yar';
  const was = Buffer.from(rules[file] ?? []).toString();
  const at = was.indexOf('filesize < 1MB and all of them', was.indexOf('rule Script_WSH_Drop_And_Run'));
  if (at < 0) throw new Error(`${file} has changed: the change that is shown does not fit any more.`);
  return {
    [file]: `${was.slice(0, at)}${was.slice(at).replace('all of them', '4 of them')}`,
    'rules/script/decode-and-run.yar': rule,
    'rule-tests/script/decode-and-run.yar.test.yaml': tests,
  };
}
