import { readFileSync } from 'node:fs';
import test from 'ava';
import { buildRar, buildRar5 } from '../../testing/specimens/build-rar.ts';
import { buildZip } from '../../testing/specimens/build-zip.ts';
import { openSpecimen } from '../../testing/specimens/open-specimen.ts';
import { overlayHosts, pe } from '../../testing/specimens/overlay-hosts.ts';
import { findOverlay } from './overlay.ts';

const specimen = (file: string) => readFileSync(new URL(`../../testing/specimens/files/${file}`, import.meta.url));
const members = [{ name: 'a.txt', content: 'behind it' }];

test('an executable or image ends where its structure ends', (t) => {
  for (const [name, host] of Object.entries(overlayHosts)) {
    t.is(findOverlay(host), null, name);
    t.is(findOverlay(Buffer.concat([host, Buffer.from('x')])), host.length, name);
    t.is(findOverlay(host.subarray(0, host.length - 2)), null, name);
  }
});

test('the signature of a program is no overlay, and what follows it is', (t) => {
  const signed = pe(0x100);
  t.is(findOverlay(signed), null);
  t.is(findOverlay(Buffer.concat([signed, Buffer.from('x')])), signed.length);
});

test('an archive behind an executable or image is opened', async (t) => {
  const archives = {
    zip: buildZip(members),
    'truncated zip': buildZip(members).subarray(0, 60),
    rar: buildRar(members),
    rar5: buildRar5(members),
    '7z': specimen('members.7z'),
    cab: specimen('members.cab'),
  };
  for (const [hostName, host] of Object.entries(overlayHosts)) {
    for (const [name, archive] of Object.entries(archives)) {
      if (name === 'cab' && hostName !== 'pe') continue;
      for (const config of ['', ';!@Install@!UTF-8!\nTitle="x"\n;!@InstallEnd@!']) {
        if (config !== '' && name === 'truncated zip') continue;
        const opened = await openSpecimen(Buffer.concat([host, Buffer.from(config), archive]));
        t.is(opened.members[0]?.[0], 'a.txt', `${name} behind ${hostName}`);
      }
    }
  }
});

test('a rar or 7z behind any content is opened, as archivers do, and nothing that only has their magic', async (t) => {
  const archives = { rar: buildRar(members), rar5: buildRar5(members), '7z': specimen('members.7z') };
  for (const [name, archive] of Object.entries(archives)) {
    for (const before of ['text\n', '%PDF-1.4\n', `x${'Rar!\x1a\x07\x00 7z\xbc\xaf\x27\x1c '.repeat(50)}`]) {
      const opened = await openSpecimen(Buffer.concat([Buffer.from(before, 'latin1'), archive]));
      t.true(
        opened.members.some(([place]) => place === 'a.txt'),
        `${name} behind ${before}`,
      );
    }
    const magic = Buffer.concat([Buffer.from('program'), archive.subarray(0, 8), Buffer.alloc(1000, 1)]);
    t.is((await openSpecimen(magic)).inside, null, name);
  }
});

test('a normal executable or image is no container', async (t) => {
  for (const [name, host] of Object.entries(overlayHosts)) {
    t.is((await openSpecimen(host)).inside, null, name);
    t.is((await openSpecimen(Buffer.concat([host, Buffer.alloc(5000, 7)]))).inside, null, name);
  }
});
