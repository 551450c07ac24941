/** Files of one kind, on which rules are measured. */
export interface ProfiledData {
  readonly kind: string;
  readonly files: readonly Uint8Array<ArrayBuffer>[];
}

/** Bytes of each kind: the cheapest scan of so many takes longer than starting one. */
const sizeOfKind = 256 * 1024;

/**
 * Generated files of several kinds, of 256 KiB each. Rules that are slow on one of them are often
 * fast on the others. They are the same in every run.
 */
export function builtInData(size = sizeOfKind): readonly ProfiledData[] {
  const random = createRandom(0x5eed);
  const filled = (next: (at: number) => string | Uint8Array): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const piece = Buffer.from(next(at)).subarray(0, size - at);
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  };
  const words = (count: number) => Array.from({ length: count }, () => pick(random, vocabulary)).join(' ');
  const kinds: Readonly<Record<string, (at: number) => string | Uint8Array>> = {
    text: () => `${words(5 + random(12))}${pick(random, ['. ', ', ', '.\n', '?\n\n'])}`,
    executable: (at) => (at === 0 ? head : executablePiece(random)),
    random: () => Uint8Array.from({ length: 64 }, () => random(256)),
    zeros: () => new Uint8Array(4096),
    repeats: () => 'AAAAAAAABBBBAAAAabababababababab        '.repeat(16),
    script: () => scriptLine(random, words),
    html: () =>
      `<div class="${words(1)}"><a href="https://${words(1)}.example/${random(9999)}?q=${words(1)}">${words(4)}</a></div>\n`,
    mail: (at) => (at % 4096 < 512 ? mailHeader(random, words) : `${base64Line(random)}\r\n`),
  };
  return Object.entries(kinds).map(([kind, next]) => ({ kind, files: [filled(next)] }));
}

type Random = (below: number) => number;

/** A linear congruential generator: whole numbers from 0, below the limit. */
function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[random(items.length)] ?? items[0];
}

const vocabulary: readonly [string, ...string[]] = [
  'the',
  ...['of', 'and', 'to', 'a', 'in', 'file', 'system', 'data', 'user', 'with', 'from', 'report', 'server', 'value'],
  ...['update', 'password', 'network', 'account', 'message', 'document', 'invoice', 'number', 'service', 'request'],
  ...['windows', 'process', 'example', 'box', 'exchange', 'key', 'quick', 'zone', 'just', 'verify', 'backup', 'text'],
  ...['Please', 'Your', 'Order', 'Java', 'Query', 'index', 'login', 'execute', 'download', 'script', 'object', 'x'],
];

/** The begin of a PE file, as far as conditions look at it. */
const head = Buffer.concat([
  Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0', 'latin1'),
  Buffer.alloc(48),
  Buffer.of(0x80, 0, 0, 0),
  Buffer.from('\0\0This program cannot be run in DOS mode.\r\r\n$'.padEnd(64, '\0'), 'latin1'),
  Buffer.from('PE\0\0\x4c\x01\x03\0', 'latin1'),
]);

const instructions: readonly [string, ...string[]] = [
  ...(['558bec83ec', '8b45088b4d', 'c3cccccccc', 'e8000000ff'] as const),
  ...['ff1500104000', '6a006a00', '85c0740f', '83c40c5dc3', '0fb6c033d2', '488b0548', '4889442420', 'eb02'],
];

function executablePiece(random: Random): Uint8Array {
  const kind = random(12);
  if (kind === 0) return Buffer.alloc(16 + random(200));
  if (kind === 1) return Buffer.from(`${pick(random, vocabulary)}_${pick(random, vocabulary)}.dll\0`);
  if (kind === 2) return Buffer.from(`${pick(random, vocabulary)} ${pick(random, vocabulary)}\0`, 'utf16le');
  return Buffer.concat([Buffer.from(pick(random, instructions), 'hex'), Buffer.of(random(256), random(256))]);
}

function scriptLine(random: Random, words: (count: number) => string): string {
  const [a, b] = [words(1), words(1)];
  return pick(random, [
    `var ${a}${random(99)} = document.getElementById("${b}");\n`,
    `if ($_POST['${a}'] == ${random(999)}) { echo base64_decode($${b}); }\n`,
    `powershell -NoProfile -Command "Get-${a} | Where-Object { $_.${b} -gt ${random(9)} }"\n`,
    `  for (let i = 0; i < ${random(999)}; i++) { ${a}.${b}(i, "${words(2)}"); }\n`,
    `# ${words(6)}\n`,
  ]);
}

function mailHeader(random: Random, words: (count: number) => string): string {
  const name = words(1);
  return `From: ${name}@${words(1)}.example\r\nTo: ${words(1)}@mail.example\r\nSubject: ${words(5)}\r\nMessage-ID: <${random(2 ** 31)}.${random(2 ** 31)}@${name}.example>\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64Line(random: Random): string {
  return Array.from({ length: 76 }, () => alphabet[random(64)]).join('');
}
