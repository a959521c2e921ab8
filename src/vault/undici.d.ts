/**
 * The parts of undici that http.ts takes by their files: its index loads a whole browser's fetch, caches and mocks beside
 * them, which costs more start-up than everything else here together. The version is pinned, and every test goes
 * through these.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  const Agent: typeof import('undici').Agent
  export default Agent
}
declare module 'undici/lib/core/connect.js' {
  const buildConnector: typeof import('undici').buildConnector
  export default buildConnector
}
declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici'

  /** Called with the dispatcher as its `this`, as undici itself does. */
  function request(this: Dispatcher, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>
  export default request
}
