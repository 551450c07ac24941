/**
 * Reads a listing page by page, each from where the one before it ended. Ends after the page
 * without a next one.
 * @param list gets `{}` for the first page, then `{ after }`, to be spread into the options of the
 * port
 */
export async function* pagesOf<Page extends { readonly next: After | null }, After = string>(
  list: (from: { readonly after?: After }) => Promise<Page>,
): AsyncGenerator<Page, void, void> {
  let page = await list({});
  yield page;
  while (page.next !== null) {
    page = await list({ after: page.next });
    yield page;
  }
}
