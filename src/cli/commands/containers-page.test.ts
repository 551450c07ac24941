import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import * as CFB from 'cfb';
import { collector, createTestCli } from '../../testing/cli/run-cli.ts';
import { zipOf } from '../../testing/specimens/zip-of.ts';

const root = new URL('../../../', import.meta.url);
const page = await readFile(new URL('docs/reference/containers.md', root), 'utf8');

/** The source of a module as a macro project stores it, in one chunk without repetitions. */
function compressedModule(source: string): Buffer {
  const literals = Buffer.concat((source.match(/[\s\S]{1,8}/g) ?? []).map((text) => Buffer.from(`\0${text}`)));
  const header = Buffer.from(Uint16Array.of(0xb000 | (literals.length - 1)).buffer);
  return Buffer.concat([Buffer.of(1), header, literals]);
}

/** A mail with a zip that has a document with a macro. */
function invoice(): string {
  const macro = 'Sub Document_Open()\r\n  CreateObject("WScript.Shell").Run "powershell -w hidden"\r\nEnd Sub\r\n';
  const project = CFB.utils.cfb_new();
  const source = compressedModule(`Attribute VB_Name = "ThisDocument"\r\n${macro}`);
  CFB.utils.cfb_add(project, '/VBA/ThisDocument', source);
  const vba = Buffer.from(CFB.write(project, { type: 'buffer' }) as Uint8Array);
  const document = zipOf({ '[Content_Types].xml': '<Types/>', 'word/vbaProject.bin': vba }, 8);
  const zip = Buffer.from(zipOf({ 'macro.docm': document }, 8)).toString('base64');
  return [
    ...['From: a@example.com', 'Subject: Invoice', 'MIME-Version: 1.0'],
    ...['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain', '', 'The invoice.'],
    ...['--b', 'Content-Type: application/zip', 'Content-Disposition: attachment; filename=invoice.zip'],
    ...['Content-Transfer-Encoding: base64', '', ...(zip.match(/.{1,76}/g) ?? []), '--b--', ''],
  ].join('\r\n');
}

test('the page on containers shows what scan prints', async (t) => {
  const cli = await createTestCli(t);
  await cli.write({ 'invoice.eml': invoice() });
  const [, command = '', shown] = /^```console\n\$ rearview (.*)\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const { stream, text } = collector();
  const rules = fileURLToPath(new URL('rules', root));
  await cli.runWith({ stdout: stream, stderr: stream }, '--rules', rules, ...command.split(' '));
  const lasting = (printed = '') => printed.replace(/\(\d.*\/s\)/, '(…)');
  t.is(lasting(text()), lasting(shown));
});
