import { readFile } from 'node:fs/promises';

/**
 * A page with computed sections, each between `<!-- begin <name> -->` and `<!-- end <name> -->`.
 */
export interface GeneratedPage {
  readonly page: URL;
  /** Markdown by the name of its section. */
  readonly sections: Readonly<Record<string, string>>;
}

/**
 * The page as it is, and as it should be.
 * @throws Error if it lacks a section
 */
export async function comparePage({ page, sections }: GeneratedPage): Promise<{ is: string; shouldBe: string }> {
  const is = await readFile(page, 'utf8');
  let shouldBe = is;
  for (const [name, markdown] of Object.entries(sections)) {
    const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
    const [from, to] = [shouldBe.indexOf(begin), shouldBe.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`${page.pathname} has no place for ${name}: ${begin}${end}`);
    shouldBe = `${shouldBe.slice(0, from + begin.length)}\n${markdown.trim()}\n\n${shouldBe.slice(to)}`;
  }
  return { is, shouldBe };
}
