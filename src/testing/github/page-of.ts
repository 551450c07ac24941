import type { Route, RouteAnswer } from './route.ts';

/**
 * Cuts the list of a response into pages, with links to the other pages
 * (https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api).
 */
export function pageOf(
  answer: RouteAnswer,
  paged: Route['paged'],
  query: URLSearchParams,
  url: string,
  maxPerPage: number,
): RouteAnswer {
  const whole = answer.body;
  const list = paged === true ? whole : isRecord(whole) && paged !== undefined ? whole[paged] : undefined;
  if (answer.status !== 200 || paged === undefined || !Array.isArray(list)) return answer;
  const perPage = Math.min(Number(query.get('per_page') ?? 30), maxPerPage);
  const page = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(list.length / perPage));
  const shown = list.slice((page - 1) * perPage, page * perPage);
  const link = (to: number, rel: string) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(to));
    return `<${url}?${parameters}>; rel="${rel}"`;
  };
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : [];
  const body = paged === true ? shown : { ...(isRecord(whole) ? whole : {}), [paged]: shown };
  return { ...answer, body, headers: { ...answer.headers, ...(links.length > 0 ? { link: links.join(', ') } : {}) } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
