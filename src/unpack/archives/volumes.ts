/** Whether an archive states that it goes on in another file. 7-Zip does not always say so. */
export function isVolume(type: string, content: Uint8Array): boolean {
  // The flags of the main header: https://www.rarlab.com/technote.htm
  if (type === 'Rar') return ((content[10] ?? 0) & 1) !== 0;
  if (type === 'Rar5') return ((archiveFlags(content) ?? 0) & 1) !== 0;
  // There is a previous or a next cabinet.
  if (type === 'Cab') return ((content[30] ?? 0) & 3) !== 0;
  // The flag of the main header: https://github.com/FarGroup/FarManager/blob/master/plugins/multiarc/arc.doc/arj.txt
  return type === 'Arj' && ((content[8] ?? 0) & 4) !== 0;
}

const mainHeader = 1;
const hasExtraArea = 1;
const crcEnd = 12;

/** The flags of a rar 5 archive; null if its first header is not the main header. */
function archiveFlags(content: Uint8Array): number | null {
  let at = crcEnd;
  /** A number of seven bits per byte. */
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = content[at] ?? 0;
      at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  next();
  if (next() !== mainHeader) return null;
  if ((next() & hasExtraArea) !== 0) next();
  return next();
}
