import { namespaceOf } from './logins.ts'
import { type ApiAnswer, type Call, nothingThere, ok } from './route.ts'
import { tail } from './tokens.ts'

/**
 * Reads one of the few secrets a world holds. A path with `/data/` in it is answered as the KV engine of version 2 does
 * (API docs), any other as an engine with leases: request and lease ids differ from answer to answer, the data do not.
 */
export function readSecret({ cluster, path, namespace }: Call, home: string): ApiAnswer {
  const stored = namespaceOf({ namespace }) === home ? cluster.storage.secrets.get(path) : undefined
  if (stored === undefined) return nothingThere()
  if (!path.includes('/data/')) return ok({ data: stored, leaseId: `${path}/${tail(24)}` })
  const metadata = {
    created_time: '2026-01-01T00:00:00.000000000Z',
    custom_metadata: null,
    deletion_time: '',
    destroyed: false,
    version: 1,
  }
  return ok({ data: { data: stored, metadata } })
}
