/** Short extensions of a compressed tar: `.tgz`. */
const tarExtension = /\.t(?:gz|pz|az|bz2?|b2|xz|lz|lzma|zst|zstd|z)$/i;

/** The name of the only member of a file that stores none: its own, without the last extension. */
export function contentName(name: string): string {
  if (tarExtension.test(name)) return name.replace(tarExtension, '.tar');
  const stem = name.slice(name.lastIndexOf('/') + 1).replace(/(?<=.)\.[^.]*$/, '');
  return stem === '' ? 'content' : stem;
}
