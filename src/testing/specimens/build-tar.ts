/** A member of a tar, with a header that may lie. */
export interface TarMember {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** The field of the size, if it differs from the truth. */
  readonly size?: string | Uint8Array;
  /** `0` for a file, `5` for a folder. */
  readonly type?: string;
  /** Whether it has the magic of POSIX. Default: true. */
  readonly hasMagic?: boolean;
}

const block = 512;

/** Writes a tar without any library, so that its headers can lie. */
export function buildTar(members: readonly TarMember[]): Buffer {
  const blocks = members.flatMap((member) => {
    const content = Buffer.from(member.content);
    const padding = Buffer.alloc((block - (content.length % block)) % block);
    return [tarHeader(member, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * block)]);
}

function tarHeader({ name, size, type = '0', hasMagic = true }: TarMember, length: number): Buffer {
  const header = Buffer.alloc(block);
  header.write(name, 0, 100);
  header.write('0000644\x000000000\x000000000\x00', 100);
  header.set(Buffer.from(size ?? `${length.toString(8).padStart(11, '0')}\0`), 124);
  header.write('00000000000\x00        ', 136);
  header.write(type, 156);
  if (hasMagic) header.write('ustar\x0000', 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
