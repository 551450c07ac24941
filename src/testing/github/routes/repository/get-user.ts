import { userPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/users/users#get-the-authenticated-user: an app is not a user. */
export const getUser: Route = {
  operationId: 'users/get-authenticated',
  permission: null,
  answer({ login }) {
    if (login.endsWith('[bot]')) return { status: 403, body: { message: 'Resource not accessible by integration' } };
    return { status: 200, body: { ...userPayload(login), user_view_type: 'public' } };
  },
};
