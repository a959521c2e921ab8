/** A certificate and its private key, PEM. */
export interface Identity {
  readonly certificate: string
  readonly key: string
}

export interface Certificates {
  /** PEM of the CA that signed all of these. */
  readonly ca: string
  readonly servers: readonly Identity[]
  readonly client: Identity
}

/** Loaded once: a world that is made late in a test would ask for it when its module may no longer import. */
let library: Promise<typeof import('selfsigned')> | undefined

/**
 * Makes a CA, one server certificate per cluster (good for 127.0.0.1, ::1 and localhost) and one client certificate. EC
 * keys, since RSA keys would take longer to make than most tests take to run. The library is loaded here and not at the
 * top, so that a world without TLS does not pay for it.
 */
export async function makeCertificates(servers: number): Promise<Certificates> {
  library ??= import('selfsigned')
  const { generate } = await library
  // An hour back: a client whose clock is a little behind must not be turned away.
  const notBeforeDate = new Date(Date.now() - 3_600_000)
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', notBeforeDate } as const

  const ca = await generate([{ name: 'commonName', value: 'Simulated Vault CA' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  })
  const issuer = { key: ca.private, cert: ca.cert }

  const leaf = async (name: string, use: 'serverAuth' | 'clientAuth'): Promise<Identity> => {
    const pems = await generate([{ name: 'commonName', value: name }], {
      ...common,
      ca: issuer,
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', [use]: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: 'localhost' },
            { type: 7, ip: '127.0.0.1' },
            { type: 7, ip: '::1' },
          ],
        },
      ],
    })
    return { certificate: pems.cert, key: pems.private }
  }

  const made: Identity[] = []
  for (let index = 0; index < servers; index += 1) made.push(await leaf('localhost', 'serverAuth'))
  return { ca: ca.cert, servers: made, client: await leaf('simulated-client', 'clientAuth') }
}
