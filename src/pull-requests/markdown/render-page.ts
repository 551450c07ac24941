/** Close to the look of GitHub. Loads nothing. */
const style = `body { max-width: 60rem; margin: 1rem auto; padding: 0 1rem; font: 14px/1.5 system-ui, sans-serif; color: #1f2328; }
article { border: 1px solid #d1d9e0; border-radius: 6px; padding: 0 1rem 1rem; margin-bottom: 1rem; overflow-x: auto; }
table { border-collapse: collapse; margin-bottom: 1rem; } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; }
code, pre { font: 12px ui-monospace, monospace; background: #f0f1f3; border-radius: 6px; padding: .2em .4em; }
pre { padding: 1rem; overflow-x: auto; } summary { cursor: pointer; }`;

/**
 * Rendered reviews as one page for a browser. Their Markdown is blocks of HTML to the end
 * (`renderBlocks`), so it needs no parser. The page runs no script and loads nothing.
 */
export function renderPage(reviews: readonly string[]): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Pull request comment</title>
<style>${style}</style>
</head>
<body>
${reviews.map((review) => `<article>\n${review}</article>\n`).join('')}</body>
</html>
`;
}
