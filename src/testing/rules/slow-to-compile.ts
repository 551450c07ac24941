const patterns = Array.from({ length: 20_000 }, (_, index) => `$a${index} = "text${index}" xor`);

/** A rule that the engine compiles for seconds on any machine: each of its patterns becomes 256. */
export const slowToCompile = `rule slow { strings: ${patterns.join(' ')} condition: any of them }`;
