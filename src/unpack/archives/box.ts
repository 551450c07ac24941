/** What an archive holds, as it is extracted. */
export interface BoxHandler {
  /** The next member begins. */
  open(name: string): void;
  /**
   * The open member grows to this many bytes: called before they are kept.
   * @param soFar returns the bytes it has now
   * @returns false if these bytes need not be kept
   */
  grow(bytes: number, soFar: () => Uint8Array): boolean;
  /** The open member is complete, or what could be read of it. */
  close(name: string, bytes: Uint8Array): void;
  /** A folder. */
  folder(): void;
  /** Called whenever the archive is read, and a file or folder is looked up or made. */
  tick(): void;
}

/** The part of Emscripten's file system that is used. */
export interface EmscriptenFs {
  readonly ErrnoError: new (errno: number) => Error;
  createNode(parent: FsNode | null, name: string, mode: number, device: number): FsNode;
  destroyNode(node: FsNode): void;
  mkdir(path: string): unknown;
  mount(type: object, options: object, path: string): unknown;
  /** Open files. The first three are standard input, output and error. */
  readonly streams: ({ readonly tty?: { output: unknown[] } } | null)[];
}

interface FsNode {
  readonly id: number;
  readonly name: string;
  readonly parent: FsNode;
  mode: number;
  node_ops: object;
  stream_ops: object;
  timestamp: number;
  /** The size that was set or reached. A header states it, so it is only what it claims. */
  size: number;
  /** The end of the bytes that were written. */
  written: number;
  chunks: Chunk[];
}

interface FsStream {
  readonly node: FsNode;
  readonly flags: number;
  position: number;
}

interface Chunk {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A file system in memory that hands out each file as it is closed, and keeps none. */
export interface Box {
  readonly inFile: string;
  readonly outFolder: string;
  open(content: Uint8Array, handler: BoxHandler): void;
  close(): void;
}

const folderMode = 0o040777;
const fileMode = 0o100666;
const writable = 3;
const standardStreams = 3;
/** errno of WASI. */
const notFound = 44;
const notPermitted = 63;

export function mountBox(fs: EmscriptenFs): Box {
  const root = '/box';
  const outName = 'out';
  let content = new Uint8Array(0);
  let handler: BoxHandler | undefined;
  let nodes: FsNode[] = [];

  function makeNode(parent: FsNode | null, name: string, mode: number): FsNode {
    const node = fs.createNode(parent, name, mode, 0);
    return Object.assign(node, {
      node_ops: nodeOps,
      stream_ops: streamOps,
      size: 0,
      written: 0,
      chunks: [],
      timestamp: 0,
    });
  }

  const nodeOps = {
    getattr: (node: FsNode) => {
      const epoch = new Date(0);
      const times = { atime: epoch, mtime: epoch, ctime: epoch };
      const { id, mode, size } = node;
      return { dev: 1, ino: id, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size, ...times, blksize: 4096, blocks: 0 };
    },
    setattr: (node: FsNode, { size, mode }: { readonly size?: number; readonly mode?: number }) => {
      if (mode !== undefined) node.mode = (node.mode & ~0o7777) | (mode & 0o7777);
      if (size === undefined || node === input) return;
      node.size = size;
      node.written = Math.min(node.written, size);
    },
    lookup: () => {
      handler?.tick();
      throw new fs.ErrnoError(notFound);
    },
    mknod: (parent: FsNode, name: string, mode: number) => {
      handler?.tick();
      if ((mode & 0o170000) === 0o040000) handler?.folder();
      const node = makeNode(parent, name, mode);
      nodes.push(node);
      return node;
    },
    symlink: () => {
      throw new fs.ErrnoError(notPermitted);
    },
    rename: () => undefined,
    unlink: () => undefined,
    rmdir: () => undefined,
    readdir: () => ['.', '..'],
  };

  const streamOps = {
    open: ({ node, flags }: FsStream) => {
      if ((flags & writable) !== 0 && node !== input) handler?.open(nameOf(node));
    },
    close: ({ node, flags }: FsStream) => {
      if ((flags & writable) === 0 || node === input) return;
      const bytes = joined(node.chunks, node.written);
      Object.assign(node, { chunks: [], size: 0, written: 0 });
      handler?.close(nameOf(node), bytes);
      // A folder may have the same name.
      fs.destroyNode(node);
    },
    llseek: ({ node, position }: FsStream, offset: number, whence: number) =>
      whence === 1 ? position + offset : whence === 2 ? node.size + offset : offset,
    read: ({ node }: FsStream, target: Uint8Array, offset: number, length: number, position: number) => {
      handler?.tick();
      if (node !== input || position >= content.length) return 0;
      const part = content.subarray(position, position + length);
      target.set(part, offset);
      return part.length;
    },
    // The source is the heap, as signed bytes.
    write: ({ node }: FsStream, source: Int8Array | Uint8Array, offset: number, length: number, position: number) => {
      const end = position + length;
      const isKept = end <= node.written || handler?.grow(end, () => joined(node.chunks, node.written)) !== false;
      if (!isKept) return length;
      node.written = Math.max(node.written, end);
      node.size = Math.max(node.size, end);
      node.chunks.push({
        at: position,
        bytes: new Uint8Array(source.buffer, source.byteOffset + offset, length).slice(),
      });
      return length;
    },
  };

  fs.mkdir(root);
  const top = { node: undefined as FsNode | undefined };
  const type = {
    mount: () => {
      top.node = makeNode(null, '/', folderMode);
      return top.node;
    },
  };
  fs.mount(type, {}, root);
  if (top.node === undefined) throw new Error('The file system of 7-Zip cannot be used.');
  const input = makeNode(top.node, 'in', fileMode);
  const out = makeNode(top.node, outName, folderMode);

  function nameOf(node: FsNode): string {
    const names: string[] = [];
    for (let at = node; at !== out && at.parent !== at; at = at.parent) names.push(at.name);
    return names.reverse().join('/');
  }

  return {
    inFile: `${root}/in`,
    outFolder: `${root}/${outName}`,
    open(bytes, given) {
      content = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) as typeof content;
      input.size = bytes.length;
      handler = given;
    },
    close() {
      handler = undefined;
      content = new Uint8Array(0);
      input.size = 0;
      // A program that ended early leaves files open, and half a line.
      fs.streams.length = standardStreams;
      for (const stream of fs.streams) if (stream?.tty !== undefined) stream.tty.output = [];
      for (const node of nodes.reverse()) fs.destroyNode(node);
      nodes = [];
    },
  };
}

/** The bytes of a file that was written in chunks, mostly one after the other. */
function joined(chunks: readonly Chunk[], size: number): Uint8Array {
  const only = chunks.length === 1 ? chunks[0] : undefined;
  if (only !== undefined && only.at === 0 && only.bytes.length === size) return only.bytes;
  const bytes = new Uint8Array(size);
  for (const { at, bytes: part } of chunks) if (at < size) bytes.set(part.subarray(0, size - at), at);
  return bytes;
}
