/**
 * A secret on its way from the main step to the post step. The runner keeps that state in plain files, so it is sealed
 * under a key made from the run's own secret inputs: whoever holds those needs no state to do harm, and nobody else can
 * read it. It is as hard to open as the inputs are to guess; the key is not stretched, since tokens, key shares and
 * secret ids are random already.
 */

/** Taken when there is something to seal: loading it costs the start of every run some ms. */
const nodeCrypto = () => process.getBuiltinModule('node:crypto')

/** Names the form of what follows; bound to the text, so an old form can't be passed off as a new one. */
const VERSION = 'v1'
/** In bytes. A salt of its own for every text makes a key of its own for every nonce. */
const SALT = 32
const NONCE = 12
const TAG = 16

/**
 * @param keys secret inputs in a fixed order; empty ones are passed over, so both steps may hand over all they know
 * @returns `v1.` and base64url of salt, nonce, text and tag; `''` where there is no key: then nothing is kept
 */
export function seal(value: string, keys: readonly string[]): string {
  const { createCipheriv, randomBytes } = nodeCrypto()
  const salt = randomBytes(SALT)
  const key = keyFrom(keys, salt)
  if (key === undefined) return ''
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
  cipher.setAAD(Buffer.from(VERSION))
  const parts = [salt, nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return `${VERSION}.${Buffer.concat(parts).toString('base64url')}`
}

/** @returns the value; undefined where the keys are others, or the text is not one that `seal` made. Never throws. */
export function open(sealed: string, keys: readonly string[]): string | undefined {
  const [version, text, ...more] = sealed.split('.')
  if (version !== VERSION || text === undefined || more.length > 0) return undefined
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < SALT + NONCE + TAG) return undefined
  const key = keyFrom(keys, bytes.subarray(0, SALT))
  if (key === undefined) return undefined
  try {
    const { createDecipheriv } = nodeCrypto()
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(SALT, SALT + NONCE), { authTagLength: TAG })
    cipher.setAAD(Buffer.from(VERSION))
    cipher.setAuthTag(bytes.subarray(-TAG))
    return Buffer.concat([cipher.update(bytes.subarray(SALT + NONCE, -TAG)), cipher.final()]).toString('utf8')
  } catch {
    // Another key, or a changed text: GCM does not tell which, and neither is a reason to fail.
    return undefined
  }
}

/** Each key goes in behind its length, so that `ab`, `c` and `a`, `bc` are different keys. */
function keyFrom(keys: readonly string[], salt: Buffer): Buffer | undefined {
  const given = keys.filter((key) => key !== '').map((key) => Buffer.from(key))
  if (given.length === 0) return undefined
  const material = given.flatMap((key) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(key.length)
    return [length, key]
  })
  return Buffer.from(nodeCrypto().hkdfSync('sha256', Buffer.concat(material), salt, 'vault-dr-failover state', 32))
}
