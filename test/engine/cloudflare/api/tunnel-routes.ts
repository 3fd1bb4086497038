import { denial } from '../errors.ts';
import { configurationInput, type Tunnels, tunnelInput } from '../tunnels.ts';
import { demandTunnel, type TokenRights } from './access.ts';
import { page } from './pagination.ts';
import { type ApiAnswer, type ApiRequest, parsed } from './request.ts';

/** `/accounts/{account}/cfd_tunnel…`: facts/cloudflare.md (b) 7 to 9. */
export function tunnelRoute(request: ApiRequest, rights: TokenRights, tunnels: Tunnels): ApiAnswer {
  const [, account, kind, id, part, ...more] = request.path.split('/').filter(Boolean);
  if (kind !== 'cfd_tunnel' || more.length > 0) {
    throw denial.noRoute(request.path);
  }
  // Somebody else's account looks like one that the token has no right for.
  if (account !== tunnels.accountId) {
    throw denial.noAccess();
  }
  // The token of a tunnel lets anybody run it: to read it, one must be allowed to write (facts (f)).
  demandTunnel(rights, request.method === 'GET' && part !== 'token' ? 'read' : 'edit');
  if (id === undefined) {
    return all(request, tunnels);
  }
  return part === undefined ? one(request, tunnels, id) : partOf(request, tunnels, id, part);
}

function all({ method, query, body, path }: ApiRequest, tunnels: Tunnels): ApiAnswer {
  switch (method) {
    case 'GET': {
      const isDeleted = query.get('is_deleted');
      const found = tunnels.list({
        name: query.get('name') ?? undefined,
        isDeleted: isDeleted === null ? undefined : isDeleted === 'true',
      });
      const shown = page(found, query, 20);
      return { result: shown.items, page: shown };
    }
    case 'POST':
      return { result: tunnels.create(parsed(tunnelInput, body)) };
    default:
      throw denial.noRoute(path);
  }
}

function one({ method, query, body, path }: ApiRequest, tunnels: Tunnels, id: string): ApiAnswer {
  switch (method) {
    case 'GET':
      return { result: tunnels.get(id) };
    case 'PATCH':
      return { result: tunnels.patch(id, parsed(tunnelInput, body)) };
    case 'DELETE':
      return { result: tunnels.delete(id, query.get('cascade') === 'true') };
    default:
      throw denial.noRoute(path);
  }
}

function partOf(
  { method, query, body, path }: ApiRequest,
  tunnels: Tunnels,
  id: string,
  part: string,
): ApiAnswer {
  switch (`${method} ${part}`) {
    case 'GET token':
      return { result: tunnels.token(id) };
    case 'GET configurations':
      return { result: tunnels.configuration(id) };
    case 'PUT configurations':
      return { result: tunnels.configure(id, parsed(configurationInput, body)) };
    case 'GET connections':
      return { result: tunnels.connections(id) };
    case 'DELETE connections':
      tunnels.dropConnections(id, query.get('client_id'));
      return { result: {} };
    default:
      throw denial.noRoute(path);
  }
}
