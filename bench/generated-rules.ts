import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const rulesPerFile = 8;

/**
 * Writes rules of the kind that public collections have: two patterns of bytes, two texts and a
 * guard in each. The same count gives the same rules.
 */
export function generateRules(folder: string, count: number): void {
  const random = createRandom(1);
  for (let first = 0; first < count; first += rulesPerFile) {
    const numbers = Array.from({ length: Math.min(rulesPerFile, count - first) }, (_, index) => first + index);
    writeFileSync(join(folder, `file_${first}.yar`), numbers.map((number) => rule(number, random)).join('\n'));
  }
}

function rule(number: number, random: () => number): string {
  const bytes = (length: number) =>
    Array.from({ length }, () => (random() % 12 === 0 ? '??' : (random() % 256).toString(16).padStart(2, '0'))).join(
      ' ',
    );
  const word = () => Array.from({ length: 12 }, () => 'abcdefghijklmnopqrstuvwxyz'[random() % 26]).join('');
  return `rule Generated_${number} {
  meta:
    description = "A generated rule"
    severity = "low"
  strings:
    $code1 = { ${(random() % 256).toString(16).padStart(2, '0')} 8b ${bytes(60)} }
    $code2 = { 55 8b ec ${bytes(40)} [4-16] ${bytes(12)} c3 }
    $text1 = "${word()}" ascii wide
    $text2 = "${word()}.exe" nocase
  condition:
    uint16(0) == 0x5a4d and filesize < 4MB and (any of ($code*) or all of ($text*))
}
`;
}

/** Numbers below 2^31 (Lehmer, as in MINSTD). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state;
  };
}
