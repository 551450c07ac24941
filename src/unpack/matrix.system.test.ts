import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicarForms } from '../domain/eicar.ts';
import { openSpecimen } from '../testing/specimens/open-specimen.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { testUnless } from '../testing/test-unless.ts';

/** How an independent tool makes an archive of `eicar.com` and `dir/other.txt`. */
interface Recipe {
  readonly format: string;
  /** Commands that must be there. */
  readonly tools: readonly string[];
  /** A shell command in the folder of the files. `$out` is the archive, `$file` the first file. */
  readonly command: string;
  /** Whether it holds the first file only. */
  readonly isSingle?: boolean;
  /** Containers of its own between the archive and the files. */
  readonly layers?: readonly RegExp[];
  /** The format for 7-Zip, which otherwise opens a layer, too. */
  readonly type?: string;
  readonly password?: string;
}

const sevenZip = (format: string, options: string): Recipe => ({
  format,
  tools: ['7zz'],
  command: `7zz a -bso0 ${options} "$out" "$file" dir`,
});
const single = (format: string, tool: string, command: string): Recipe => ({
  ...{ format, tools: [tool], command, isSingle: true },
});

const recipes: readonly Recipe[] = [
  { format: 'zip', tools: ['zip'], command: 'zip -qr "$out" "$file" dir' },
  { format: 'zip with ZipCrypto', tools: ['zip'], command: 'zip -qr -P infected "$out" "$file" dir' },
  sevenZip('zip with AES', '-tzip -mem=AES256 -pinfected'),
  sevenZip('zip with LZMA', '-tzip -mm=LZMA'),
  sevenZip('zip with bzip2', '-tzip -mm=BZip2'),
  sevenZip('zip with PPMd', '-tzip -mm=PPMd'),
  sevenZip('zip with xz', '-tzip -mm=xz'),
  sevenZip('7z', '-t7z'),
  sevenZip('7z with PPMd', '-t7z -m0=PPMd'),
  { ...sevenZip('7z with a password', '-t7z -pvirus -mhe=on'), password: 'virus' },
  single('gzip', 'gzip', 'gzip -c "$file" > "$out"'),
  single('bzip2', 'bzip2', 'bzip2 -c "$file" > "$out"'),
  single('xz', 'xz', 'xz -c "$file" > "$out"'),
  single('lzma', 'xz', 'xz --format=lzma -c "$file" > "$out"'),
  single('zstd', 'zstd', 'zstd -qc "$file" > "$out"'),
  single('compress', 'compress', 'compress -cf "$file" > "$out"'),
  ...['v7', 'ustar', 'gnu', 'pax'].map((format) => ({
    ...{ format: `tar, ${format}`, tools: ['tar'], command: `tar --format=${format} -cf "$out" "$file" dir` },
  })),
  ...['newc', 'crc', 'odc', 'bin'].map((format) => ({
    ...{ format: `cpio, ${format}`, tools: ['cpio'] },
    command: `find "$file" dir | cpio -o --quiet -H ${format} > "$out"`,
  })),
  { ...single('ar', 'ar', 'ar rc "$out" "$file"') },
  {
    format: 'iso',
    tools: ['genisoimage'],
    command: 'genisoimage -quiet -R -J -o "$out" -graft-points "$file=$file" dir/=dir',
  },
  {
    format: 'udf',
    tools: ['genisoimage'],
    command: 'genisoimage -quiet -udf -R -J -o "$out" -graft-points "$file=$file" dir/=dir',
  },
  { format: 'wim', tools: ['wimlib-imagex'], command: 'wimlib-imagex capture . "$out" > /dev/null' },
  { format: 'cab', tools: ['gcab'], command: 'gcab -c "$out" "$file" dir/other.txt' },
  { format: 'cab with compression', tools: ['gcab'], command: 'gcab -cz "$out" "$file" dir/other.txt' },
  { format: 'squashfs', tools: ['mksquashfs'], command: 'mksquashfs . "$out" -quiet -no-progress > /dev/null' },
  { format: 'arj', tools: ['arj'], command: 'arj a -y -r "$out" "$file" dir > /dev/null' },
  {
    format: 'fat',
    tools: ['mkfs.vfat', 'mcopy'],
    command:
      'truncate -s "$((8 * depth * depth))M" "$out" && mkfs.vfat "$out" > /dev/null && mcopy -s -i "$out" "$file" dir ::',
  },
  {
    format: 'ext4',
    tools: ['mke2fs'],
    command: 'mke2fs -q -t ext4 -d . "$out" 8M > /dev/null 2>&1',
    isSingle: true,
  },
  {
    format: 'deb',
    tools: ['dpkg-deb'],
    command:
      'mkdir -p ../p/DEBIAN ../p/opt && cp -r . ../p/opt && printf "Package: a\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@example.org>\\nDescription: a\\n" > ../p/DEBIAN/control && dpkg-deb --build ../p "$out" > /dev/null',
    type: 'Ar',
    layers: [/^data\.tar\.\w+$/, /^data\.tar$/],
  },
  {
    format: 'rpm',
    tools: ['rpmbuild'],
    command: `printf 'Name: a\\nVersion: 1\\nRelease: 1\\nSummary: a\\nLicense: none\\nBuildArch: noarch\\n%%description\\na\\n%%install\\nmkdir -p %%{buildroot}/opt\\ncp -r %s/. %%{buildroot}/opt\\n%%files\\n/opt/*\\n' "$PWD" > ../a.spec && rpmbuild -bb --quiet --define "_topdir $PWD/../rpm" ../a.spec 2> /dev/null && cp ../rpm/RPMS/noarch/*.rpm "$out"`,
    type: 'Rpm',
    layers: [/\.cpio\.\w+$/, /\.cpio$/],
  },
  {
    format: 'nsis',
    tools: ['makensis'],
    command:
      'printf "OutFile \\"%s\\"\\nSection\\nSetOutPath \\$INSTDIR\\nFile \\"%s\\"\\nFile /r dir\\nSectionEnd\\n" "$out" "$PWD/$file" > ../a.nsi && cp -r dir .. && makensis -V0 -NOCD ../a.nsi',
  },
];

const [eicar] = eicarForms();
const eicarText = Buffer.from(eicar?.bytes ?? []).toString('latin1');

for (const recipe of recipes) {
  const { format, tools, isSingle = false, layers = [] } = recipe;
  const absent = ['7zz', ...tools].filter((tool) => spawnSync('which', [tool]).status !== 0);
  const missing = absent.length === 0 ? null : `not installed: ${absent.join(', ')}`;
  testUnless(
    missing,
    `${format}: the payload is found at depths 1 to 3, and 7-Zip lists the same members`,
    async (t) => {
      let file = 'eicar.com';
      let content: Uint8Array = eicar?.bytes ?? new Uint8Array(0);
      for (let depth = 1; depth <= 3; depth += 1) {
        const { archive, listed } = make(t, recipe, { depth, file, content });
        const { members, missed } = await openSpecimen(archive, { name: `level${depth}.bin`, maxDepth: 20 });
        t.deepEqual(missed, [], `depth ${depth}`);
        const found = members.find(([, each]) => each === eicarText)?.[0].split(' > ') ?? [];
        t.is(found.length, depth * (1 + layers.length), `depth ${depth}: ${found.join(' > ')}`);
        for (const [index, layer] of layers.entries()) t.regex(found[index] ?? '', layer);
        if (!isSingle && layers.length === 0) t.true(members.some(([, each]) => each === 'another member'));
        const own = members.map(([place]) => place).filter((place) => !place.includes(' > '));
        t.deepEqual([...new Set(own)].sort(), listed, `depth ${depth}`);
        content = archive;
        file = `level${depth}.bin`;
      }
    },
  );
}

/** Makes an archive, and lists the members that 7-Zip finds in it. */
function make(
  t: Parameters<typeof tempFolder>[0],
  { command, isSingle = false, type, password = 'infected' }: Recipe,
  { depth, file, content }: { readonly depth: number; readonly file: string; readonly content: Uint8Array },
): { readonly archive: Buffer; readonly listed: readonly string[] } {
  const root = tempFolder(t);
  const folder = join(root, 'in');
  mkdirSync(folder);
  writeFileSync(join(folder, file), content);
  if (!isSingle) {
    mkdirSync(join(folder, 'dir'));
    writeFileSync(join(folder, 'dir/other.txt'), 'another member');
  }
  const out = join(root, `level${depth}.bin`);
  execFileSync('sh', ['-c', command], { cwd: folder, env: { ...process.env, out, file, depth: String(depth) } });
  const options = [...(type === undefined ? [] : [`-t${type}`]), `-p${password}`];
  const list = execFileSync('7zz', ['l', '-slt', ...options, out], { encoding: 'utf8' });
  const [, members = ''] = list.split('\n----------\n');
  const names = members.split('\n\n').flatMap((member) => {
    const [, name] = /^Path = (.*)$/m.exec(member) ?? [];
    const isFolder = /^(?:Folder = \+|Attributes = D|Mode = d)/m.test(member);
    return name === undefined || isFolder ? [] : [name];
  });
  // 7-Zip lists no name for what has none.
  if (isSingle && names.length === 0) names.push(`level${depth}`);
  return { archive: readFileSync(out), listed: [...new Set(names)].sort() };
}
