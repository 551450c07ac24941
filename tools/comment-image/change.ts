import { createHash } from 'node:crypto';

const smuggling = `<a id="a">open</a><script>
const blob = new Blob([atob("${'QUJD'.repeat(120)}")]);
const link = document.getElementById("a");
link.href = URL.createObjectURL(blob);
link.download = "notice.iso";
link.click();
</script>`;

/** Files that the rules before or after the change find in the corpus, by their keys. */
export const planted = {
  'mail/2026/11/invoice-8841.txt': 'To see the invoice, run: echo Y3VybCAtcyBodHRwOi8v | base64 -d | sh\n',
  'endpoints/host-12/tmp/.x/up.sh': '#!/bin/sh\npayload=$(cat /tmp/.x/p)\necho "$payload" | base64 --decode | bash &\n',
  'endpoints/host-31/home/dev/deploy.sh': '#!/bin/sh\nbase64 -d < license.b64 > license\n',
  'mail/2026/11/shipping-notice.html': smuggling,
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

/**
 * A pull request to the rules of this repository: a rule that is new and matches too much, one that
 * is removed with its tests, and three with another condition.
 */
export function change(
  rules: Readonly<Record<string, Uint8Array>>,
  ruleTests: Readonly<Record<string, Uint8Array>>,
): Readonly<Record<string, string>> {
  const file = 'rules/script/downloaders.yar';
  const testFile = `rule-tests/${file.slice('rules/'.length)}.test.yaml`;
  const edited = edits.reduce(
    (text, [rule, before, after]) => replaced(text, text.indexOf(`rule ${rule} {`), before, after),
    Buffer.from(rules[file] ?? []).toString(),
  );
  return {
    [file]: cutFrom(edited, `\nrule ${removedRule} {`),
    [testFile]: cutFrom(Buffer.from(ruleTests[testFile] ?? []).toString(), `  - name: ${removedTests}\n`),
    'rules/script/decode-and-run.yar': rule,
    'rule-tests/script/decode-and-run.yar.test.yaml': tests,
  };
}

/** Rules, and the change of their conditions. */
const edits = [
  ['Script_WSH_Drop_And_Run', 'all of them', '4 of them'],
  ['Script_Windows_LOLBin_Download', 'filesize < 2MB', 'filesize < 5MB'],
  ['Script_PowerShell_Hidden_Encoded', 'filesize < 5MB', 'filesize < 1MB'],
] as const;
/** The last of its file, and the first of its tests there. */
const removedRule = 'Script_HTML_Smuggling';
const removedTests = 'a page that saves an ISO image by itself';

function replaced(text: string, from: number, before: string, after: string): string {
  const at = text.indexOf(before, from);
  if (from < 0 || at < 0) throw outdated(before);
  return `${text.slice(0, at)}${after}${text.slice(at + before.length)}`;
}

function cutFrom(text: string, mark: string): string {
  const at = text.indexOf(mark);
  if (at < 0) throw outdated(mark);
  return text.slice(0, at);
}

function outdated(what: string): Error {
  return new Error(`The rules have changed, and "${what.trim()}" is gone: the change that is shown does not fit.`);
}
