/** The text, or as much of it as fits, with `…` at its end. Never cuts a surrogate pair in two. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** The first `max` of a list, and how many others there are. */
export function clipList<T>(list: readonly T[], max: number): { readonly shown: T[]; readonly omitted: number } {
  return { shown: list.slice(0, max), omitted: Math.max(0, list.length - max) };
}
