import { notFound, type Route } from '../../route.ts';

/** https://docs.github.com/rest/actions/artifacts#download-an-artifact: redirects to the storage. */
export const downloadArtifact: Route = {
  operationId: 'actions/download-artifact',
  permission: 'actions: read',
  answer({ path, url }, state) {
    const artifact = state.artifacts.find(({ id }) => id === Number(path['artifact_id']));
    if (artifact === undefined) return notFound;
    if (artifact.expired === true) return { status: 410, body: { message: 'Artifact has expired' } };
    return { status: 302, headers: { location: `${url}/artifacts/${artifact.id}.zip` } };
  },
};
