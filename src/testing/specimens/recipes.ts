/** How an independent tool makes an archive of `eicar.com` and `dir/other.txt`. */
export interface Recipe {
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
  /** What 7-Zip adds to the name of the archive for a member without a name. */
  readonly extension?: string;
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

const fatTools = ['mkfs.vfat', 'mcopy'];
/** A file system that has room for images of itself. */
const fat = (image: string) =>
  `truncate -s "$((8 * depth * depth))M" ${image} && mkfs.vfat ${image} > /dev/null && mcopy -s -i ${image} "$file" dir ::`;
/** An image of a disk in the format of a virtual machine. */
const disk = (format: string, output: string, type = format): Recipe => ({
  ...{ format, tools: [...fatTools, 'qemu-img'], type, layers: [/\.mbr$/], extension: '.mbr' },
  command: `${fat('../disk')} && qemu-img convert ${output} ../disk "$out"`,
});
const partitions = (format: string, label: string, partition: string): Recipe => ({
  ...{ format, tools: [...fatTools, 'sfdisk'], type: format, layers: [new RegExp(`^${partition}$`)] },
  command: `${fat('../fat')} && truncate -s "$((8 * depth * depth + 2))M" "$out" && echo "start=2048, size=$((16384 * depth * depth))${label === 'dos' ? ', type=c' : ''}" | sfdisk -q -X ${label} "$out" && dd if=../fat of="$out" bs=512 seek=2048 conv=notrunc status=none`,
});

/** Every format that a tool of Debian makes. */
export const recipes: readonly Recipe[] = [
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
  { format: 'fat', tools: fatTools, command: fat('"$out"') },
  ...['qcow', 'vdi', 'vhdx', 'vmdk'].map((format) => disk(format, `-O ${format}`)),
  disk('qcow2', '-O qcow2', 'qcow'),
  disk('qcow2 with compression', '-c -O qcow2', 'qcow'),
  disk('vhd', '-O vpc'),
  partitions('mbr', 'dos', '0.fat'),
  partitions('gpt', 'gpt', '0.img'),
  {
    format: 'ntfs',
    tools: ['mkntfs', 'ntfscp'],
    command:
      'truncate -s "$((8 * depth * depth))M" "$out" && mkntfs -F -q "$out" > /dev/null 2>&1 && ntfscp -q "$out" "$file" "$file"',
    isSingle: true,
  },
  {
    format: 'hfs+',
    tools: ['xorriso'],
    // It makes an image of a CD, in which the file system starts after 64 KiB.
    command: 'xorriso -as mkisofs -quiet -hfsplus -o ../cd . 2> /dev/null && tail -c +65537 ../cd > "$out"',
  },
  { format: 'cramfs', tools: ['mkfs.cramfs'], command: 'mkfs.cramfs . "$out"' },
  { format: 'xar', tools: ['bsdtar'], command: 'bsdtar --format=xar -cf "$out" "$file" dir' },
  { format: 'lzh', tools: ['jlha'], command: 'jlha aq5 "$out" "$file" dir' },
  { format: 'lzh with a window of 64 KiB', tools: ['jlha'], command: 'jlha aq7 "$out" "$file" dir' },
  single('mslz', 'mscompress', 'mscompress "$file" && mv "$file"_ "$out"'),
  {
    format: 'chm',
    tools: ['chmcmd'],
    command:
      'printf "[OPTIONS]\nCompiled file=%s\n[FILES]\n%s\ndir/other.txt\n" "$out" "$file" > ../p.hhp && cp -r . .. && chmcmd ../p.hhp > /dev/null 2>&1',
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
